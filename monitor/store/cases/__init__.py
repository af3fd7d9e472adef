"""Repositories of cases: rows, events, posts in them, incidents, follow-ups, notices, surveys, exports."""
