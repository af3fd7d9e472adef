"""A server that sends back what it was asked: address, headers and body, in one encoding or another."""

import base64
import html
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import quote, quote_plus

ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "upper": str.upper,
    "quoted": lambda text: quote(text, safe=""),
    "quoted twice": lambda text: quote(quote(text, safe=""), safe=""),
    "form": quote_plus,
    "html": html.escape,
    "entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "json": lambda text: json.dumps(json.dumps(text)),
    "python": lambda text: repr(text.encode()),
    "hex": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 one further": lambda text: base64.b64encode(b"1" + text.encode()).decode(),
    "base64 two further": lambda text: base64.urlsafe_b64encode(b"12" + text.encode()).decode(),
    "base64 quoted": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
    "base64 of quoted": lambda text: base64.b64encode(quote(text, safe="").encode()).decode(),
}
RUNTIME_TOKENS = {"reddit": "4b1f90c7e2a85d36f71c/Kx+3=", "bluesky": "c09d7a51e6b3f8240d95/Qm+8="}
_LOGINS: dict[str, Any] = {
    "/api/v1/access_token": {
        "access_token": RUNTIME_TOKENS["reddit"], "token_type": "bearer", "expires_in": 86400, "scope": "*",
    },
    "/xrpc/com.atproto.server.createSession": {
        "accessJwt": RUNTIME_TOKENS["bluesky"], "refreshJwt": "a7714f0cbe93d5286071/Wd+1=",
        "did": "did:plc:norviaejemplo345678abcde", "handle": "ayuda.norvia.example",
    },
}  # fmt: skip


@dataclass(slots=True)
class Mood:
    """How it answers: a status, how the echo is written, which form the body has, whether it lets anybody log in."""

    status: int = 400
    encoding: str = "plain"
    form: str = "words"
    lets_in: bool = True
    asked: list[str] = field(default_factory=list)


def _body(form: str, echo: str) -> tuple[str, str]:
    """The body and its type."""
    told: dict[str, Any] = {"message": echo, "reason": echo, "error_description": echo, "title": echo, "detail": echo}
    if form == "words":
        told |= {"error": echo, "errors": [{"message": echo, "detail": echo, "title": echo}]}
    elif form == "object":
        told |= {"error": {"message": echo, "code": 100, "errors": [{"reason": echo, "message": echo}]}}
    elif form == "posts":
        post = {"id": echo, "content": echo, "text": echo, "created_at": echo, "kind": "t3", "data": {"name": echo}}
        told |= {"data": {"children": [post], echo: 1}, "posts": [post], "items": [post], "cursor": echo, echo: echo}
    elif form == "list":
        return json.dumps([{"id": echo, "content": echo, "created_at": echo}] * 3), "application/json"
    elif form == "broken":
        return f'{{"error": "{echo}', "application/json"
    elif form == "page":
        return f"<html><title>{echo}</title><body>{echo}</body></html>", "text/html"
    return json.dumps(told), "application/json"


class _Echo(BaseHTTPRequestHandler):
    mood: Mood

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("latin-1")
        headers = "; ".join(f"{name}={value}" for name, value in self.headers.items())
        login = _LOGINS.get(self.path.partition("?")[0])
        if login and self.mood.lets_in:
            self._send(200, json.dumps(login), "application/json", "")
            return
        self.mood.asked.append(f"{self.path} {headers} {body}")
        credential = self.headers.get("Authorization", "")
        echo = ENCODINGS[self.mood.encoding](f"{credential} {self.path} {body} {headers}"[:4_000])
        text, kind = _body(self.mood.form, echo)
        self._send(self.mood.status, text, kind, quote(self.path, safe="/?=&%") + quote(credential))

    do_POST = do_GET  # noqa: N815

    def _send(self, status: int, text: str, kind: str, place: str) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if place:
            self.send_header("Location", f"http://nowhere.invalid{place}" if status == 302 else place)
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return

    def log_message(self, format: str, *values: object) -> None:
        return


@contextmanager
def echoing() -> Iterator[tuple[str, Mood]]:
    """Its address and its mood, which may be changed while it answers."""
    mood = Mood()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Echo", (_Echo,), {"mood": mood}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", mood
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def leaks(content: str, secret: str) -> list[str]:
    """The forms of the secret of which twelve characters in a row stand in the content."""
    low = content.lower()
    found = []
    for name, encode in ENCODINGS.items():
        written = encode(secret).lower()
        core = written[4:-4]  # what base64 makes of the ends depends on what stands beside them
        if any(core[start : start + 12] in low for start in range(max(1, len(core) - 11))):
            found.append(name)
    return found
