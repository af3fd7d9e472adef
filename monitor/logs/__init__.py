"""What the logs of months unattended look like and where they go."""
