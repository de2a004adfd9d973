"""The app and its bootstrap: actions, palette, settings on the screen, what filters each row."""
