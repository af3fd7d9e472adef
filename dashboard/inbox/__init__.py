"""The inbox: posts and new cases to decide on, one card each."""
