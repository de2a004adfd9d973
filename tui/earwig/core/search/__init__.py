"""Searching all sessions as they are on the disk now: bytes are scanned, and what may match is decoded."""
