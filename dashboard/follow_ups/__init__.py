"""Follow-ups: whom to contact after a closing, and what customers answered."""
