-- When its owner took the case, which takes it out of the inbox. Taking acknowledged it before: old rows need no value.
ALTER TABLE cases ADD COLUMN taken_at TIMESTAMPTZ;
