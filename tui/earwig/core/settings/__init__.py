"""What a reader can set, and where that comes from."""
