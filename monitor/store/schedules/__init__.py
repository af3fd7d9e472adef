"""Who keeps the schedules, and whether what they plan comes to its end."""
