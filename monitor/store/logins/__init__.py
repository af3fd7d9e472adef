"""Repositories of how people log in: passwords, one-time links, sessions, failures."""
