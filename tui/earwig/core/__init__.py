"""Reading, indexing, following: everything that needs no screen."""
