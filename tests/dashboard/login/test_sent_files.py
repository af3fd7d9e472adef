"""Who may open which file: whoever was sent its address by Streamlit itself, in that browser and that role."""

from dataclasses import replace
from datetime import UTC, datetime

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.login.sent_files import SentFiles
from monitor.models.accounts import Role
from monitor.store.logins.sessions import LiveSession

NOW = datetime(2026, 11, 30, tzinfo=UTC)
ANA = LiveSession("a", "ana", "Ana", Role.LEAD, NOW, NOW)
FILE = "/media/0a1b2c.xlsx"


def made(address: str) -> bytes:
    """What says that a download was made."""
    message = ForwardMsg()
    message.backend_operation_response.deferred_file.url = address
    return bytes(message.SerializeToString())


def test_it_opens_in_the_browser_it_was_sent_to_and_in_that_role() -> None:
    files = SentFiles()
    files.note(ANA, made(FILE))
    assert files.is_known(ANA, FILE)
    for other in (replace(ANA, token_hash="b"), replace(ANA, role=Role.VIEWER)):
        assert not files.is_known(other, FILE)
    assert not files.is_known(ANA, FILE.replace("0a", "0b"))


def test_an_address_that_somebody_wrote_on_a_page_opens_nothing() -> None:
    files, message = SentFiles(), ForwardMsg()
    message.delta.new_element.text.body = FILE
    files.note(ANA, message.SerializeToString())
    assert not files.is_known(ANA, FILE)
    files.note(ANA, made("https://elsewhere.example" + FILE))
    assert not files.is_known(ANA, FILE)
