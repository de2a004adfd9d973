"""Finding text in one session: what matches, how often, and where the next one is."""
