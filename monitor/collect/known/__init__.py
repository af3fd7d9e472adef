"""What of a file is stored already."""
