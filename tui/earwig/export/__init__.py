"""A session as a document to keep or to hand on."""
