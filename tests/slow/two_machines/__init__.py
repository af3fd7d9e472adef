"""Two machines that share nothing but the server: a whole installation on loopback, and what it is to do."""
