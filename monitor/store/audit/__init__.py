"""The audit log in the store."""
