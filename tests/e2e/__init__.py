"""The program as a whole, in terminals of its own."""

from tests.this_system import needs_unix

needs_unix("pseudo-terminals of this kind")
