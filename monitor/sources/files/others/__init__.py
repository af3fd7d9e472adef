"""What a row says of others: the post that it answers, its thread, its author."""
