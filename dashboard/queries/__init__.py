"""What the pages read: each function takes an open read-only connection and returns frozen rows. No writes here."""
