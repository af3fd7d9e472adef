"""Health: coverage, runs, rejects, the model in force."""
