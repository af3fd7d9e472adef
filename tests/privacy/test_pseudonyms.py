"""People have stable pseudonyms, and what names them is masked in what they wrote."""

import json
from pathlib import Path

import pytest

from monitor.privacy import pseudonyms
from tests import desk_store
from tests.cli.command_line import escucha
from tests.store.privacy import someone


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Soy Lucía Pérez Olmo, llamadme al +34 600 123 123", "Soy [name], llamadme al [number]"),
        ("@marta.gil escribe a ana@correo.example o https://a.example/x", "[account] escribe a [mail] o [link]"),
        ("El pedido 12 de Norvia no llega", "El pedido 12 de Norvia no llega"),
        ("ES91 2100 0418 4502 0005 1332 es mi cuenta", "[number] es mi cuenta"),
        ("Alberto de la Fuente y Adriana esperan", "[name] y [name] esperan"),
        ("No llega el alba ni la caja", "No llega el alba ni la caja"),
    ],
)
def test_what_names_a_person_is_masked(text: str, masked: str) -> None:
    assert pseudonyms.masked(text) == masked


def test_a_file_for_research_names_nobody_and_a_person_is_one_in_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone.fill(desk_store.configured(tmp_path, monkeypatch))
    found = []
    for name in ("one.jsonl", "two.jsonl"):
        done = escucha("privacy", "pseudonymise", tmp_path / name)
        assert done.exit_code == 0, done.output
        rows = [json.loads(line) for line in (tmp_path / name).read_text(encoding="utf-8").splitlines()]
        found.append([row["author"] for row in rows])
    assert found[0] == found[1]
    assert len(set(found[0])) == 2
    content = (tmp_path / "one.jsonl").read_text(encoding="utf-8").lower()
    assert [trace for trace in ("zenobia", "quirog", "zq77wxyz", "77031", "bruno") if trace in content] == []
