"""Markdown within a budget: for the screen and for exports."""
