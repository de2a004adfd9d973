"""The bot's databases, read without a trace: no write, no lock, no handle between looks, no file beside."""
