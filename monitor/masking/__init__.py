"""Credentials are hidden in every text that leaves."""
