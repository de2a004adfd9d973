"""What an export is written as."""
