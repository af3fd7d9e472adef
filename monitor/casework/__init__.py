"""What changes cases: applying a change, grouping posts, assignment, replies, recomputing."""
