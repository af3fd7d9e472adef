"""Customers from files: columns, cells, rows, import."""
