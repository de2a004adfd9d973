"""Rules by which a reader is told of messages, and what is done then."""
