"""Files of posts."""
