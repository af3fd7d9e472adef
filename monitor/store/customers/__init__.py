"""Repositories of customers: imports, links to cases, handles, suggestions."""
