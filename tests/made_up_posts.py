"""Made-up posts in any number, the same for the same seed: for crash tests, crowds and benchmarks."""

import csv
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

_WHAT = (
    "el pedido",
    "la lavadora",
    "mi factura",
    "la aplicación",
    "el reembolso",
    "the fridge",
    "my order",
    "el envío",
)
_HOW = (
    "no ha llegado y nadie contesta",
    "llegó rota otra vez",
    "me la cobraron dos veces",
    "no funciona desde ayer",
    "is late again and nobody answers",
    "ha llegado perfecto, gracias",
    "¿cuándo abre la tienda?",
    "lleva tres semanas",
)
HEADER = ("id", "author", "created_at", "text", "thread")


def rows(count: int, seed: int, first: int = 0) -> Iterator[tuple[str, str, str, str, str]]:
    """Posts in time order; about one in six answers an earlier one of the same author."""
    source = random.Random(seed)
    start = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    threads: list[tuple[str, str]] = []
    for number in range(first, first + count):
        post_id, author, thread = f"{seed}{number:09d}", f"cliente{source.randrange(400)}", ""
        if threads and source.random() < 0.17:
            author, thread = source.choice(threads[-50:])
        else:
            threads.append((author, post_id))
        text = f"@norvia {source.choice(_WHAT)} {source.choice(_HOW)} {source.randrange(10_000)} 😡\nde verdad"
        yield post_id, author, (start + timedelta(seconds=20 * number)).isoformat(), text, thread


def write(path: Path, count: int, seed: int, first: int = 0) -> Path:
    """The same as a CSV file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows(count, seed, first))
    return path
