-- Hashes of the halves of a text's words, and of what its names and numbers stand after: a copy with a slip or with
-- another place is known by them. '' for texts that were kept before.
ALTER TABLE campaigns ADD COLUMN forms VARCHAR DEFAULT '';
