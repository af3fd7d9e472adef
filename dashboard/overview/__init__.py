"""The overview: what is said, how, about whom and where."""
