"""Campaigns: one text that many sent, as one line in the lists and one decision on its page."""
