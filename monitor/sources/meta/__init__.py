"""Meta's Graph API, shared by Facebook and Instagram; not a network by itself."""
