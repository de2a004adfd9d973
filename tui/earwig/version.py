"""The version, alone in a file that imports nothing, so that `earwig --version` costs nothing."""

VERSION = "0.1.0"
