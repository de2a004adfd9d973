"""What a message means: tool traffic, closings, media, envelopes; read from its text, without a disk."""
