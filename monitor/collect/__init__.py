"""Collecting: listings read page by page or streamed, watermarks, rate limits, the journal, ingest."""
