"""How people say who they are: passwords, codes, one-time links, sessions, and what stops those who guess."""
