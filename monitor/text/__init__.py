"""Text as everybody here reads it, whatever it is about."""
