"""A whole store into another."""
