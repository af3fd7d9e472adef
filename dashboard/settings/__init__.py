"""The settings in the dashboard, for administrators: the same file that an editor would change."""
