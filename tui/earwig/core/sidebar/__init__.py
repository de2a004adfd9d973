"""What a list of sessions is made of: orders, restrictions, the filter, and what the reader has read."""
