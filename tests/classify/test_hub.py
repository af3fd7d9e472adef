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

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        path = self.path.partition("?")[0].removeprefix("/api/models")
        if not path.startswith("/equipo/minimo"):
            gated = path.startswith("/equipo/cerrado")
            return self._answer(403 if gated else 404, b"", {"X-Error-Code": "GatedRepo" if gated else "RepoNotFound"})
        rest = path.removeprefix("/equipo/minimo/")
        if rest == "revision/main":
            return self._answer(200, json.dumps({"id": "equipo/minimo", "sha": COMMIT}).encode(), {})
        if rest == f"tree/{COMMIT}":
            tree = [{"type": "file", "path": name, "size": len(kept), "oid": name} for name, kept in FILES.items()]
            return self._answer(200, json.dumps(tree).encode(), {})
        if kept := FILES.get(rest.removeprefix(f"resolve/{COMMIT}/")):
            return self._answer(200, kept, {"ETag": f'"{rest}"', "X-Repo-Commit": COMMIT})
        return self._answer(404, b"", {"X-Error-Code": "RevisionNotFound"})

    do_HEAD = do_GET  # noqa: N815 (the library's name)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *told: object) -> None:
        """Says nothing."""


@contextmanager
def serving(asked: list[str]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Hub,), {"asked": asked}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
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
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    environment = kept | {"HF_ENDPOINT": endpoint, "HF_HOME": str(cache), "HF_TOKEN": SECRET}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    return done.stdout, done.stderr


def test_weights_and_texts_are_fetched_and_no_code(tmp_path: Path) -> None:
    asked: list[str] = []
    with serving(asked) as endpoint:
        found, _ = find("equipo/minimo", endpoint, tmp_path)
    assert found.startswith("('minimo', ")
    kept = {path.name for path in tmp_path.rglob(f"snapshots/{COMMIT}/*")}
    assert kept == {"config.json", "model.safetensors", "tokenizer.json"}
    assert not [path for path in asked if path.endswith((".bin", ".py")) or "onnx" in path]


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
    ("model", "told"),
    [
        ("equipo/ninguno", "no such folder, and the hub has no such model"),
        ("equipo/minimo@v9", "no revision 'v9'"),
        ("equipo/cerrado", "Accept the terms on its page and set HF_TOKEN"),
    ],
)
def test_what_a_hub_refuses_is_said_in_words(tmp_path: Path, model: str, told: str) -> None:
    with serving([]) as endpoint:
        assert told in find(model, endpoint, tmp_path)[0]


def test_a_hub_that_does_not_answer_is_said_in_words(tmp_path: Path) -> None:
    with serving([]) as endpoint:
        pass
    told, _ = find("equipo/minimo", endpoint, tmp_path)
    assert "The model equipo/minimo cannot be had: the hub does not answer" in told
    assert "name a folder that holds it" in told
    assert "127.0.0.1" not in told


@pytest.mark.parametrize(
    ("model", "foreign"),
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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, foreign: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here" / "empty").mkdir(parents=True)
    (tmp_path / "here" / "theirs").mkdir()
    (tmp_path / "here" / "theirs" / "config.json").write_text("{}")
    assert hub.is_foreign(model) is foreign
