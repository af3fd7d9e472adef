"""Fetching a model from a hub: a loopback server that answers as one does, and processes that ask it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from monitor.classify import hub

COMMIT = "0123456789abcdef0123456789abcdef01234567"
SECRET = "hf_hunter2hunter2"
FILES = {
    "config.json": b"{}",
    "model.safetensors": b"weights",
    "tokenizer.json": b"{}",
    "pytorch_model.bin": b"pickle",
    "modeling_own.py": b"raise SystemExit",
    "onnx/model.safetensors": b"other weights",
}


class Hub(BaseHTTPRequestHandler):
    """Knows equipo/minimo, and nothing else. Keeps the paths it was asked for."""

    paths: list[str]

    def do_GET(self) -> None:
        self.paths.append(self.path)
        path = self.path.partition("?")[0].removeprefix("/api/models")
        if not path.startswith("/equipo/minimo"):
            gated = path.startswith("/equipo/cerrado")
            return self._answer(403 if gated else 404, b"", {"X-Error-Code": "GatedRepo" if gated else "RepoNotFound"})
        request = path.removeprefix("/equipo/minimo/")
        if request == "revision/main":
            return self._answer(200, json.dumps({"id": "equipo/minimo", "sha": COMMIT}).encode(), {})
        if request == f"tree/{COMMIT}":
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": name} for name, content in FILES.items()
            ]
            return self._answer(200, json.dumps(tree).encode(), {})
        if content := FILES.get(request.removeprefix(f"resolve/{COMMIT}/")):
            return self._answer(200, content, {"ETag": f'"{request}"', "X-Repo-Commit": COMMIT})
        return self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})

    do_HEAD = do_GET  # noqa: N815 (the library's name)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Says nothing."""


@contextmanager
def serving(requests: list[str]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Hub,), {"paths": requests}))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def find(model: str, endpoint: str, cache: Path) -> tuple[str, str]:
    """What a new process finds, and what it says besides."""
    code = f"""
from monitor.classify import hub
from monitor.errors import ModelError
try:
    print(hub.find({model!r}))
except ModelError as error:
    print(error)
"""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    environment = inherited | {"HF_ENDPOINT": endpoint, "HF_HOME": str(cache), "HF_TOKEN": SECRET}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done.stdout, done.stderr


def test_weights_and_texts_are_fetched_and_no_code(tmp_path: Path) -> None:
    requests: list[str] = []
    with serving(requests) as endpoint:
        answer, _ = find("equipo/minimo", endpoint, tmp_path)
    assert answer.startswith("('minimo', ")
    fetched = {path.name for path in tmp_path.rglob(f"snapshots/{COMMIT}/*")}
    assert fetched == {"config.json", "model.safetensors", "tokenizer.json"}
    assert not [path for path in requests if path.endswith((".bin", ".py")) or "onnx" in path]


def test_what_was_fetched_serves_without_a_network(tmp_path: Path) -> None:
    with serving([]) as endpoint:
        first, _ = find("equipo/minimo", endpoint, tmp_path)
    again, _ = find("equipo/minimo", endpoint, tmp_path)
    assert again == first


def test_half_of_a_model_does_not_serve_without_a_network(tmp_path: Path) -> None:
    with serving([]) as endpoint:
        find("equipo/minimo", endpoint, tmp_path)
    (weights,) = tmp_path.rglob("snapshots/*/model.safetensors")
    weights.unlink()
    assert "not all of it is in the cache" in find("equipo/minimo", endpoint, tmp_path)[0]


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("equipo/ninguno", "no such folder, and the hub has no such model"),
        ("equipo/minimo@v9", "no revision 'v9'"),
        ("equipo/cerrado", "Accept the terms on its page and set HF_TOKEN"),
    ],
)
def test_what_a_hub_refuses_is_said_in_words(tmp_path: Path, model: str, message: str) -> None:
    with serving([]) as endpoint:
        assert message in find(model, endpoint, tmp_path)[0]


def test_a_hub_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    with serving([]) as endpoint:
        pass
    message, _ = find("equipo/minimo", endpoint, tmp_path)
    assert "The model equipo/minimo cannot be fetched: the hub does not answer" in message
    assert "name a folder that holds it" in message
    assert "127.0.0.1" not in message


@pytest.mark.parametrize(
    ("model", "external"),
    [
        ("org/name", True),
        ("org/name@refs/pr/1", True),
        ("name", False),
        ("./models/ours", False),
        ("/models/ours", False),
        ("~/ours", False),
        ("models/ours/new", False),
        ("here/empty", False),
        ("here/theirs", True),
    ],
)
def test_folders_and_hub_ids_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, external: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here" / "empty").mkdir(parents=True)
    (tmp_path / "here" / "theirs").mkdir()
    (tmp_path / "here" / "theirs" / "config.json").write_text("{}")
    assert hub.is_external(model) is external
