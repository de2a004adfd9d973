"""Where sessions are kept: one package for each kind of store."""
