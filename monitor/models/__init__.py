"""Values that everything shares; no logic that reads or writes."""
