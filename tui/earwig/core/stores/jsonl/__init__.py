"""Sessions as files of lines: decoding, listing, random access, and noticing changes."""
