"""What the command `l2viz` does: each function returns an exit status, and prints."""
