"""The command line, thin over the core: one module a command."""
