"""People and what is kept of them: found, erased for good, and known again by hashes alone."""
