"""Repositories of posts: mentions, edits, classifications, model versions, the state of collecting."""
