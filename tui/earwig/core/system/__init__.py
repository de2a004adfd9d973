"""What the operating system is asked for: clipboard, programs, files, signals, threads."""
