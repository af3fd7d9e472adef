-- The few among the many: for these a server would read a whole table on every page.
CREATE INDEX mentions_samples ON mentions (mention_id) WHERE sample;
CREATE INDEX mentions_deleted ON mentions (mention_id) WHERE deleted_at IS NOT NULL;
CREATE INDEX matches_by_network ON matches (network);
CREATE INDEX handles_by_customer ON handles (customer_id);
CREATE INDEX cases_open ON cases (case_id) WHERE stage NOT IN ('closed', 'dismissed');
CREATE INDEX cases_merged ON cases (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX cases_by_customer ON cases (customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX case_events_merged ON case_events (case_id) WHERE kind = 'merged';
CREATE INDEX case_events_parted ON case_events (became) WHERE kind = 'parted';
CREATE INDEX case_events_undone ON case_events (undoes) WHERE undoes IS NOT NULL;
