"""When the posts of a file were made: forms, zones, the order of day and month."""
