"""One case, and one incident: everything a person reads and does there."""
