"""A store whose words and counts are as long, as many and as hostile as users' are, for the tests of the layout."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor import audit, desk, store
from monitor.customers.importing import import_file
from monitor.desk import follow_ups, manual_entry
from monitor.models.audit import AUDIT_KINDS, NewEntry
from monitor.models.case_filters import CaseFilters
from monitor.models.cases import Case
from monitor.models.posts import Stage
from monitor.settings import loading
from monitor.settings.loading import Settings
from monitor.store.cases import cases
from monitor.surveys import answers
from monitor.surveys.answers import SurveyAnswer
from tests import desk_store

MANY = 100_000
LONG = "Donaudampfschifffahrtsgesellschaftskapitänswitwenrente"
HANDLE = "ferrocarriles_electricos_del_noroeste_es"
PERSON = "María del Pilar Fernández-Villaverde y Ruiz de Arcaute"
BRAND = "Aguas Municipales Reunidas de San Bartolomé"
MARKED = "**Fuerte** _Vega_ <b>Negrita</b> `Código` $x^2$ #1"
"""Had anything here acted, these words would stand in elements of their own."""
RIGHT_TO_LEFT = "محمد بن عبد الله الأنصاري"
_CONFIG = f"""
language = "es"
[store]
url = "{{folder}}/store.duckdb"
[networks.files]
folder = "{{folder}}/drop"
[[brands]]
name = "Norvia"
queries = ["norvia"]
own_accounts = ["norvia_ayuda"]
[[brands]]
name = "{BRAND}"
queries = ["aguas"]
[desk]
people = [
    {{{{name = "Ana"}}}}, {{{{name = "{PERSON}", team = "Equipo de {LONG}"}}}},
    {{{{name = "{LONG} Kurz", team = "Cobros 💶"}}}},
]
[desk.campaigns]
authors = 5
[[desk.categories]]
name = "meat"
es = "Rindfleischetikettierungsüberwachungsaufgabenübertragung"
en = "Rindfleischetikettierungsüberwachungsaufgabenübertragung"
[[desk.categories]]
name = "other"
"""
_TEXTS = (
    "Tercera vez que reclamo el cobro doble de la factura y nadie contesta. Llevo así desde enero, quiero mi dinero.",
    LONG * 6,
    MARKED + " [enlace](http://mal.example/x) ~~fuera~~ | a | b |",
    "هذه شكوى طويلة جدا من زبون لم يصله الطلب " * 4,
    "👩‍👩‍👧‍👦🇪🇸😡" * 20,
    "https://social.example/" + "una/direccion/muy/larga/" * 12,
    "\n".join(f"línea {line} de una queja que no termina" for line in range(40)),
    "Ya.",
)
_AUTHORS = (HANDLE, "ana", MARKED, RIGHT_TO_LEFT, "😡" * 15, LONG * 2, "luis", "eva")


@dataclass(frozen=True, slots=True)
class Crammed:
    """The settings of the store, their file, and ids to look at."""

    settings: Settings
    file: Path
    open_case: int
    closed_case: int
    merged_case: int
    incident: int
    campaign: int
    customer: str


def fill(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Crammed:
    """Makes the settings and the store in that folder."""
    file = folder / "escucha.toml"
    file.write_text(_CONFIG.format(folder=folder.as_posix()), encoding="utf-8")
    monkeypatch.setenv("ESCUCHA_CONFIG", str(file))
    settings, now = loading.load(), datetime.now(UTC)
    _customers(settings, folder, now)
    ids = [_post(settings, place, now) for place in range(3 * len(_TEXTS))] + _campaign(settings, now)
    desk_store.open_cases(settings, ids, now - timedelta(hours=9))
    _handled(settings, now)
    open_case, closed_case, merged_case, incident = _work(settings, now)
    _many(settings)
    _recorded(settings, now)
    with store.connect(settings.store, read_only=True) as connection:
        query = "SELECT min(incident_id) FROM incidents WHERE incident_id <> ?"
        campaign = connection.execute(query, [incident]).fetchall()[0][0]
    return Crammed(settings, file, open_case, closed_case, merged_case, incident, int(campaign), f"C-{LONG}"[:40])


def _recorded(settings: Settings, now: datetime) -> None:
    """Entries of the audit log: people with long names and none, of every kind."""
    people = (PERSON, "", MARKED, f"{LONG} Kurz", f"cli:{LONG}")
    told = [
        NewEntry(
            kind, people[place % 5], "2001:db8:1234:5678::/64", "account", LONG, LONG[:20], "viewer", "admin", MANY
        )
        for place, kind in enumerate(AUDIT_KINDS * 3)
    ]
    audit.record(settings, *told, now=now)


def _customers(settings: Settings, folder: Path, now: datetime) -> None:
    rows = [
        "id;nombre;valor;compras;ultima compra;x",
        f"C-{LONG};{LONG} {LONG};98765432,10;100000;2026-01-02;{HANDLE}"[:400].replace(f"C-{LONG}", f"C-{LONG}"[:40]),
        f"C2;{MARKED};10,5;1;2020-01-02;",
        f"C3;{RIGHT_TO_LEFT};;;;",
        "C4;Ana;1;1;2025-11-12;ana",
        *(f"D{place};{PERSON};{place * 1000};{place};2025-01-02;" for place in range(30)),
    ]
    file = folder / "customers.csv"
    file.write_text("\n".join(rows), encoding="utf-8")
    import_file(settings, file, now=now)


def _post(settings: Settings, place: int, now: datetime) -> int:
    return desk_store.post(
        settings, f"p{place}", f"{_TEXTS[place % len(_TEXTS)]}", now - timedelta(hours=10 + place),
        author=_AUTHORS[place % len(_AUTHORS)] + (str(place) if place > 7 else ""),
        author_name=(PERSON, MARKED, RIGHT_TO_LEFT, LONG)[place % 4],
        brands=("Norvia", BRAND)[:1 + place % 2], sample=place % 2 == 0, likes=MANY, replies=1, reposts=MANY,
        permalink="https://another-host-with-a-very-long-name.social.example/" + "path/" * 30 + str(place),
        p_complaint=0.5 if place % 8 == 4 else 0.9,
    )  # fmt: skip


def _campaign(settings: Settings, now: datetime) -> list[int]:
    text = (
        f"Comparte: Norvia cobra dos veces a {LONG} y se queda con el dinero. {MARKED} ¡Que se entere todo el mundo! 😡"
    )
    return [
        desk_store.post(settings, f"c{place}", text, now - timedelta(hours=10), author=f"{LONG}{place}", likes=MANY)
        for place in range(12)
    ]


def _all(settings: Settings) -> list[Case]:
    with store.connect(settings.store, read_only=True) as connection:
        ids = [row[0] for row in connection.execute("SELECT case_id FROM cases ORDER BY case_id").fetchall()]
        return cases.get_many(connection, ids)


def _move(settings: Settings, case_id: int, stage: Stage, now: datetime, **facts: object) -> None:
    with store.connect(settings.store, read_only=True) as connection:
        version = cases.get(connection, case_id).version
    desk.move_case(settings, case_id, stage, version=version, actor=PERSON, now=now, **facts)  # type: ignore[arg-type]


def _handled(settings: Settings, now: datetime) -> None:
    """Every case has long fields and much in its history."""
    for case in _all(settings):
        fields: dict[str, object] = {
            "owner": (PERSON, "", f"{LONG} Kurz")[case.case_id % 3], "team": f"Equipo de {LONG}", "category": "meat",
            "root_cause": f"{LONG} {LONG}", "tags": " ".join(f"etiqueta-{n}-{LONG}" for n in range(8)), "cost": 1e6,
        }  # fmt: skip
        edited = desk.edit(settings, case.case_id, fields, version=case.version, actor=PERSON, now=now)
        assert edited.case.owner == fields["owner"]
    for text in (LONG * 3, MARKED, f"@Ana {RIGHT_TO_LEFT} " * 9):
        desk.add_note(settings, 1, text, actor=PERSON, now=now)
    desk.log_contact(settings, 1, "phone", "in", LONG * 4, actor=f"{LONG} Kurz", now=now)


def _work(settings: Settings, now: datetime) -> tuple[int, int, int, int]:
    """Ids of an open case, a closed one that was followed up and asked, a merged one, and an incident."""
    ids = [case.case_id for case in _all(settings) if case.brand == "Norvia"]
    first, closed, merged, *others = ids
    for case_id, moves in ((closed, 4), (others[0], 1), (others[1], 2), (others[2], 3)):
        for stage in ("acknowledged", "assessed", "investigating", "answered")[:moves]:
            _move(settings, case_id, stage, now)  # type: ignore[arg-type]
    past = now + timedelta(seconds=1)
    _move(settings, closed, "closed", past, agreement="disagreed", note=MARKED + LONG * 2)
    answers.save_answer_by_hand(
        settings, closed, SurveyAnswer(1, 0, LONG * 5 + MARKED), actor=PERSON, now=past + timedelta(seconds=1)
    )
    contact = follow_ups.Contact("phone", "fine", LONG * 3)
    follow_ups.log(settings, closed, contact, actor=PERSON, now=past + timedelta(seconds=2))
    with store.connect(settings.store, read_only=True) as connection:
        versions = {case.case_id: case.version for case in cases.get_many(connection, [first, merged])}
    desk.merge(settings, first, [merged], versions=versions, actor=PERSON, now=past)
    incident, _ = desk.open_incident(settings, f"{MARKED} {LONG} {LONG}", [first, *others[:6]], actor=PERSON, now=past)
    desk.plan_action(settings, f"{LONG} {LONG}", LONG * 3, owner=PERSON, note=MARKED, actor=PERSON, now=past)
    desk.save_filter(settings, "Ana", f"{LONG[:50]} x", CaseFilters(brand=BRAND))
    entry = manual_entry.Entry("Norvia", "email", LONG * 9, name=LONG, contact="ana@example.org")
    desk.enter_case(settings, entry, actor=PERSON, now=past)
    return first, closed, merged, incident.incident_id


def _many(settings: Settings) -> None:
    """Many posts and cases, copies of one of each, by as many authors and in their own threads."""
    own = {
        "case_id": "1000 + n", "code": "'ESC-' || (1000 + n)", "mention_id": "1000 + n", "post_id": "'many' || n",
        "thread_id": "'many' || n", "author": "'many' || n", "incident_id": "NULL", "customer_id": "NULL",
    }  # fmt: skip
    copied = dict.fromkeys(("mentions", "matches", "classifications"), "mention_id = 2") | {"cases": "case_id = 1"}
    with store.connect(settings.store) as connection:
        for table, original in copied.items():
            names = [row[0] for row in connection.execute(f"SELECT name FROM pragma_table_info('{table}')").fetchall()]
            columns = ", ".join(own.get(name, name) for name in names)
            connection.execute(
                f"INSERT INTO {table} SELECT {columns} FROM {table}, range({MANY}) AS r (n) WHERE {original}"
            )
        connection.execute(f"INSERT INTO case_mentions SELECT 1000 + n, 1000 + n, 'Norvia' FROM range({MANY}) AS r (n)")
