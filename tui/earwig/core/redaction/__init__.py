"""Masking what a transcript should not hand on: found by detectors, replaced by stable aliases."""
