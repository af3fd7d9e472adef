"""Who may come in to the dashboard: its own pages for logging in, and the gate before everything else."""
