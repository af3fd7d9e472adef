"""Every table is told of in the inventory, and of every column with words somebody has decided what an erasure does."""

from pathlib import Path

import pytest

from monitor import store
from monitor.settings.loading import Settings
from monitor.store.privacy.texts import COLUMNS, REJECTED
from tests import desk_store

INVENTORY = Path(__file__).parent.parent.parent / "docs" / "privacy.md"
# Names of networks and brands, codes, ids of ours and names of colleagues: no word of a customer.
KEPT = """
account_limits folded kind name / accounts folded name role / activations fingerprint version / answers template sent_by
audit_chain head cut_head / audit_entries kind actor origin about about_id field was became outcome hash / backups path
campaign_decisions ruling decided_by / campaign_posts network / campaigns brand ruling / chain head
case_events actor kind stage field hash / case_mentions brand / classifications model language sentiment decision reason
classifications category / corrections actor sentiment / corrective_actions owner planned_by / desk_marks name mark
cases code brand network language stage opened_by channel category severity remedy decision owner team service
cases complainant agreement lost_reason value level due_clock / erased_events seal form / erased_ids digest kind secret
exports destination place status receipt / follow_ups status planned_by done_by channel / gaps network
incidents code brand opened_by / leases name holder host process_mark / ledger network / login_failures subject
login_identities identity folded / login_links token_hash folded / login_passwords folded password_hash code_key
login_sessions token_hash folded / matches brand network / mentions network language / notices person / pauses network
paid_resources network / pending step / recheck_ledger network / rejects reject_key network / runs step status host
saved_filters person / surveys owner language asked_by source link_key / received_pages network / absences network
versions version base fingerprint heads figures thresholds / watermarks network position
"""
# Theirs are emptied, deleted or replaced as a whole, each by a statement of its own (monitor/store/privacy).
GONE = """
mentions post_id author author_id author_name thread_id in_reply_to quotes / posts raw / matches query terms
cases author author_id customer_id thread_id / case_events note was became salt / customers customer_id name value
handles network handle customer_id status reason decided_by / absences post_id / paid_resources resource
campaigns words numbers forms / reply_series series / watermarks query / gaps query / received_pages page
locked_people lock_id held
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    return desk_store.configured(tmp_path, monkeypatch)


def named(text: str) -> set[tuple[str, str]]:
    parts = (part.split() for line in text.splitlines() for part in line.split(" / ") if part.strip())
    return {(table, column) for table, *columns in parts for column in columns}


def test_every_table_is_in_the_inventory(settings: Settings) -> None:
    told = INVENTORY.read_text(encoding="utf-8")
    with store.connect(settings.store) as connection:
        rows = connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' "
            "AND table_schema = current_schema()"
        ).fetchall()
    assert len(rows) > 50
    assert [name for (name,) in rows if f"`{name}`" not in told] == []


@pytest.mark.duckdb_file("the types of columns as its engine names them")
def test_of_every_column_with_words_it_is_decided_what_an_erasure_does(settings: Settings) -> None:
    with store.connect(settings.store) as connection:
        rows = connection.execute(
            """
            SELECT c.table_name, c.column_name FROM information_schema.columns c
            JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_schema = c.table_schema
            WHERE t.table_type = 'BASE TABLE' AND c.table_schema = current_schema() AND c.data_type LIKE 'VARCHAR%'
            """
        ).fetchall()
    masked = {(column.table, column.name) for column in (*COLUMNS, REJECTED)}
    assert set(rows) - masked - named(KEPT) - named(GONE) == set(), "decide, and tell it in docs/privacy.md"
    assert (masked | named(KEPT) | named(GONE)) - set(rows) == set()
