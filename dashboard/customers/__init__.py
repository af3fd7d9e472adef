"""Customers: segments, list, one customer, suggested links, import."""
