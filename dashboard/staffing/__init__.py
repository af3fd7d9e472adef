"""Who has the open cases: those of people who are not there, handed on at a click, and those that nobody gets."""
