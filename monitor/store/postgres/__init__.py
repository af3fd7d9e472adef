"""The store on PostgreSQL: what is different there; all else is the one SQL text of the repositories."""
