"""The audit log in the dashboard: its page, and what pages record of who looks."""
