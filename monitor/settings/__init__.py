"""Settings: the file, its sections, and messages that name the place and the fix."""
