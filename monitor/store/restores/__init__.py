"""What a backup must not repeat once it has taken the place of the database."""
