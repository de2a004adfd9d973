"""What the browser's screen is made of: each part has its own state, and is handed what it needs."""
