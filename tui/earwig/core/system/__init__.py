"""What the operating system is asked for: clipboard, programs, files of our own, signals, threads."""
