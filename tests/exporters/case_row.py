"""A case as an exporter is given it, and the zone its times are written in."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from monitor.models.exports import CaseRow

ZONE = ZoneInfo("Europe/Madrid")
ROW = CaseRow(
    code="ESC-000001",
    brand="Aerolínea Sur",
    network="x",
    stage="received",
    opened_at=datetime(2026, 7, 1, 10, 0, 5, tzinfo=UTC),
    opened_by="escucha",
    changed_at=datetime(2026, 11, 1, 10, 0, tzinfo=UTC),
    author="ana",
    author_name=None,
    post_id="1234567890123456789",
    posted_at=datetime(2026, 7, 1, 9, 59, 59, tzinfo=UTC),
    permalink="https://x.com/ana/status/1234567890123456789",
    text="Mi vuelo ñ 😀; «no»,\nsalió",
    language="es",
    sentiment="negative",
    decision="complaint",
    corrected=False,
    p_negative=0.8125,
    p_neutral=0.125,
    p_positive=0.0625,
    p_complaint=None,
    model="m1",
    posts=2,
    later_posts="",
    history="2026-07-01 10:00Z escucha: opened",
    sample=False,
    channel="network",
    category="delivery",
    severity="serious",
    priority="high",
    owner="Eva",
    team="",
    tags="prensa vip",
    customer_id=None,
    incident=None,
    due_at=datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
    agreement=None,
)
