"""One open session as the widgets see it: a reader in the background, and what it tells."""
