"""Settings that nobody would write, in the file, in `.env` and in the environment: taken, or refused with the fix."""

import os
import random
import re
from pathlib import Path

import pytest

from monitor.settings import loading
from tests.slow.fuzz.inputs import VALUES, fuzz, mutated

pytestmark = pytest.mark.slow
EXAMPLE = Path(__file__).parents[3] / "escucha.example.toml"
KEYS = tuple(loading.describe())
LITERALS = (
    *('""', '"x"', "''", "0", "-1", "1e400", "nan", "inf", "9" * 400, "true", "[]", "[1]", '["x"]', "{}", "[[]]"),
    *('"\\u0000"', "{a = 1}", "1979-05-27", '"""', "0x", '"~"', '"/dev/null"', '"https://["', '"a@b"', "[" * 2_000),
    f'"{"x" * 9_000}"',
)
ENCODINGS = (*6 * ("utf-8",), "utf-8-sig", "latin-1", "utf-16", "cp1252")


def settings_file(chance: random.Random) -> bytes:
    """The example with keys made ours, values replaced, and bytes spoilt."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    for place in chance.sample(range(len(lines)), k=chance.choice((0, 3, 30, len(lines)))):
        lines[place] = re.sub(r"^# (?=[\w\[])", "", lines[place])
        if chance.random() < 0.3:
            lines[place] = re.sub(r"=.*", lambda _: f"= {chance.choice(LITERALS)}", lines[place])
    if chance.random() < 0.5:  # single keys, as few people write them
        lines = [f"{chance.choice(KEYS)} = {chance.choice(LITERALS)}" for _ in range(chance.choice((1, 2, 3)))]
    content = "\n".join(chance.sample(lines, k=len(lines)) if chance.random() < 0.1 else lines)
    encoded = content.encode(chance.choice(ENCODINGS), "replace")
    return mutated(chance, encoded, 3) if chance.random() < 0.2 else encoded


def variables(chance: random.Random) -> dict[str, str]:
    """Some of ours, some that only look so, some of others."""
    names = [f"ESCUCHA_{key.upper().replace('.', '__')}" for key in chance.choices(KEYS, k=3)]
    names += ["ESCUCHA_", "ESCUCHA___", "ESCUCHA_BRANDS__0__NAME", "escucha_language", "HF_TOKEN"]
    values = [*LITERALS, *(str(value)[:9_000] for value in VALUES)]
    chosen = {chance.choice(names): chance.choice(values) for _ in range(chance.choice((0, 1, 3)))}
    return {name: value for name, value in chosen.items() if "\0" not in value and "\ud83d" not in value}


def test_settings_that_nobody_would_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "escucha.toml"

    def act(chance: random.Random) -> None:
        file.write_bytes(settings_file(chance))
        lines = "\n".join(f"{name}={value}" for name, value in variables(chance).items())
        content = lines.encode(chance.choice(ENCODINGS), "replace")
        (tmp_path / ".env").write_bytes(mutated(chance, content, 2) if chance.random() < 0.3 else content)
        with monkeypatch.context() as environment:
            for name, value in variables(chance).items():
                environment.setitem(os.environ, name, value)
            loading.load(chance.choice((None, file)))

    fuzz(1_500, act)
