-- expand
-- The posts that a classifier has set aside for itself while it reads them: as long as its lease lasts.
ALTER TABLE leases ADD COLUMN claimed BIGINT[];

-- Pages that a network gave and that are not stored yet, where several machines share a server: whoever reads the
-- network next stores them. Of a DuckDB file they stand in a file beside it.
CREATE TABLE received_pages (
    network VARCHAR NOT NULL,
    number BIGINT NOT NULL,
    page VARCHAR NOT NULL,
    PRIMARY KEY (network, number)
);
