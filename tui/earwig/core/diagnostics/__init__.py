"""Faults in earwig itself: what is said of them, and the log that keeps them."""
