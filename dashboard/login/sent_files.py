"""To whom the address of which file was sent: nobody else opens it, and nobody who has another role by now."""

from collections import OrderedDict

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from monitor.models.accounts import Role
from monitor.store.logins.sessions import LiveSession

PREFIX = "/media/"
_MOST = 20_000  # addresses and whom they were sent to, the oldest of which is forgotten


class SentFiles:
    """What Streamlit keeps in memory for downloads and pictures, and gives to whoever knows the address."""

    def __init__(self) -> None:
        self._sent: OrderedDict[tuple[str, str, Role], None] = OrderedDict()

    def note(self, session: LiveSession, message: bytes) -> None:
        """The message is about to be sent to this browser."""
        if PREFIX.encode() not in message:
            return
        for address in _addresses(ForwardMsg.FromString(message)):
            key = (address, session.token_hash, session.role)
            self._sent[key] = None
            self._sent.move_to_end(key)
        while len(self._sent) > _MOST:
            self._sent.popitem(last=False)

    def is_known(self, session: LiveSession, path: str) -> bool:
        """Whether the file at that path was sent to this browser while the account had the role that it has now."""
        return (path, session.token_hash, session.role) in self._sent


def _addresses(message: ForwardMsg) -> list[str]:
    """Those that Streamlit itself says: a download that was made, the logo, the page's icon. No text on a page is."""
    said = (
        message.backend_operation_response.deferred_file.url,
        message.logo.image,
        message.logo.icon_image,
        message.page_config_changed.favicon,
    )
    return [address for address in said if address.startswith(PREFIX)]
