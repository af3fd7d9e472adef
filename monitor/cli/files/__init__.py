"""`escucha import` and what tells of it: files of posts."""
