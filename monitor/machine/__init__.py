"""What this machine and the system leave the process: limits of its memory."""
