"""What every watcher needs: waiting for a change, and telling each difference once."""
