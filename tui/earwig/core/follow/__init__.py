"""What arrives in any session, told once, whatever happens to what is stored."""
