"""Text that may be shown: made safe, measured, and its code blocks found."""
