"""Tabs without a browser: they speak Streamlit's protocol by hand, and may send whatever the page does not offer."""

from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.dashboard.login.visitors import Visitor

_PATIENCE = 120  # seconds for a page, or an answer: the machine may be busy


@dataclass
class Tab:
    """A page of the dashboard as one visitor has it open; a context manager."""

    visitor: Visitor
    page: str
    query: dict[str, str] = field(default_factory=dict)
    number: str = ""
    """Of Streamlit's session; one that is given is asked to go on."""
    buttons: dict[str, str] = field(init=False, default_factory=dict)
    """What could be pressed in the last run: the number of the button, by its key."""
    parts: dict[str, str] = field(init=False, default_factory=dict)
    """The number of the part of the page (fragment) that a button stands in, by its key; '' for no part."""
    files: dict[str, str] = field(init=False, default_factory=dict)
    """What could be downloaded: the number of the file, by the words on its button."""
    text: str = field(init=False, default="")
    """All that the last run sent."""

    def __enter__(self) -> "Tab":
        self._stream = self.visitor.stream(tab=self.number)
        self.run()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stream.close()

    def run(self, *pressed: str, part: str = "") -> None:
        """Has the page, or that part of it, drawn, with buttons pressed, by number; the fields tell of this run."""
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = self.page, urlencode(self.query)
        asked.rerun_script.fragment_id = part
        asked.rerun_script.widget_states.widgets.extend(WidgetState(id=key, trigger_value=True) for key in pressed)
        self._stream.send(asked.SerializeToString())
        self.text = ""
        while not self._is_drawn(self._next()):
            pass

    def file_address(self, number: str) -> str:
        """Where the download of that number lies once it is made; '' where it is not made."""
        asked = BackMsg()
        asked.backend_operation_request.request_id = "1"
        asked.backend_operation_request.session_id = self.number
        asked.backend_operation_request.deferred_file.file_id = number
        self._stream.send(asked.SerializeToString())
        while True:
            came = self._next()
            if came.HasField("backend_operation_response"):
                return came.backend_operation_response.deferred_file.url

    def _next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self._stream.recv(timeout=_PATIENCE, decode=False))
        return message

    def _is_drawn(self, message: ForwardMsg) -> bool:
        self.text += str(message)
        if message.HasField("new_session"):
            self.number = message.new_session.initialize.session_id or self.number
            self.buttons, self.parts, self.files = {}, {}, {}
        element = message.delta.new_element
        if element.HasField("button"):
            number = element.button.id
            key = number.removeprefix("$$ID-").partition("-")[2]
            self.buttons[key], self.parts[key] = number, message.delta.fragment_id
        if element.HasField("download_button"):
            self.files[element.download_button.label] = element.download_button.deferred_file_id
        return message.HasField("script_finished") and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
