"""The browser: screens and widgets over the core; opens no file itself."""
