"""The people of the desk: their names, who is there, who gets a case, and what is amiss with that. Pure."""
