-- A case that is reopened has a new round; `resolve_breaches` are the earlier rounds that ended too late.
ALTER TABLE cases ADD COLUMN resolve_breaches INTEGER DEFAULT 0;
