"""Random access to one session's lines, without reading the file whole."""
