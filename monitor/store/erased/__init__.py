"""The list of the erased, which everything that writes obeys."""
