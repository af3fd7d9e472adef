"""What is the same, and what is not, whichever engine holds the store."""
