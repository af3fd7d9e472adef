"""Databases of any size, filled by SQL in seconds: what the benchmarks of writing and of pages stand on."""

from pathlib import Path

from monitor import store
from monitor.settings.loading import Store

_STEP = 1_000_000
# Two years of posts up to today: three networks, texts of about 100 characters, labels as a team would see.
_MENTIONS = """
INSERT INTO mentions (mention_id, network, post_id, author, author_id, author_name, text, text_key, language, posted_at,
    permalink, thread_id, in_reply_to, is_repost, likes, replies, reposts, sample, stored_at)
SELECT nextval('mention_ids'), ['x', 'x', 'facebook', 'reddit'][1 + i % 4], 'bench' || i, 'cliente' || hash(i) % 200000,
    NULL, 'Cliente ' || hash(i) % 200000, '@norvia llevo ' || i || ' horas esperando y nadie contesta, qué servicio '
        || hash(i) || '; quiero una solución ya', md5_number_lower(i::VARCHAR), 'es',
    date_trunc('day', now()) - INTERVAL 730 DAY + to_microseconds((i * (63072000000000.0 / {total}))::BIGINT),
    'https://example.com/' || i, 'bench' || CASE WHEN i % 6 = 0 THEN greatest(i - 6, 0) ELSE i END,
    NULL, i % 20 = 0, i % 9, i % 3, i % 5, false, now()
FROM range({low}, {high}) t(i);
"""
_REST = """
INSERT INTO posts SELECT mention_id, 1, stored_at, '{{"id": "' || post_id || '", "text": "' || text || '"}}'
    FROM mentions WHERE mention_id > {low};
INSERT INTO matches SELECT mention_id, ['Norvia', 'Norvia Hogar', ''][1 + mention_id % 3], 'norvia', ['norvia'],
    network, posted_at FROM mentions WHERE mention_id > {low};
INSERT INTO classifications SELECT mention_id, posted_at, text_key, 'bench-1', 'es', p, (1 - p) / 2, (1 - p) / 2, q,
    CASE WHEN p > 0.5 THEN 'negative' WHEN p > 0.2 THEN 'neutral' ELSE 'positive' END,
    CASE WHEN q > 0.85 THEN 'complaint' WHEN q > 0.75 THEN 'unsure' ELSE 'other' END, true, stored_at, NULL, NULL, NULL
    FROM (SELECT *, (hash(mention_id) % 1000) / 1000.0 AS p, (hash(mention_id, 1) % 1000) / 1000.0 AS q FROM mentions
        WHERE mention_id > {low});
"""


def fill(path: Path, total: int, *, labels: bool) -> Store:
    """A database of `total` mentions at `path`; with their labels if asked. Made once, found again after."""
    kept = Store(url=str(path))
    for low in range(0, total, _STEP):
        with store.connect(kept) as connection:
            have = connection.execute("SELECT count(*) FROM mentions").fetchall()[0][0]
            if have > low:
                continue
            connection.execute(_MENTIONS.format(low=low, high=min(low + _STEP, total), total=total))
            if labels:
                connection.execute(_REST.format(low=low))
    return kept
