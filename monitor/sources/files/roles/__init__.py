"""Which columns may hold a role, each with its rivals: the text, the time, the author."""
