"""Values that everything speaks of: sessions, messages, entries, events, links, titles."""
