"""Which column of a file of customers holds what, by names in Spanish and English; and the rows below them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from monitor import networks
from monitor.errors import UnfitFile
from monitor.tables import binary, detect
from monitor.tables.layout import FAULT, FileFormat, ReadProgress
from monitor.tables.rows import rows
from monitor.text.folding import fold

_NAMES = {
    "customer_id": (
        "customerid idcliente clienteid idcustomer clientid idclient codigocliente codigodecliente codcliente "
        "numerocliente numerodecliente numcliente ncliente nocliente customernumber customerno customercode id codigo "
        "cliente customer client"
    ),
    "name": (
        "nombre name nombrecompleto fullname nombreyapellidos nombreapellidos nombrecliente nombredelcliente "
        "customername clientname razonsocial firstname cliente customer client"
    ),
    "surname": "apellidos apellido surname lastname",
    "lifetime_value": (
        "lifetimevalue valordevida valorvida valordelcliente valorcliente customervalue ltv clv cltv valor value "
        "valortotal totalvalue facturacion facturaciontotal revenue totalrevenue ventas sales totalspent importetotal "
        "totalimporte importe ingresos amount"
    ),
    "purchases": (
        "purchases compras numerodecompras numerocompras numcompras ncompras nocompras totalcompras "
        "numberofpurchases purchasecount orders ordercount numberoforders pedidos numerodepedidos numpedidos npedidos"
    ),
    "last_purchase": (
        "lastpurchase ultimacompra fechaultimacompra fechadeultimacompra fechadelaultimacompra lastpurchasedate "
        "dateoflastpurchase lastorder lastorderdate ultimopedido fechaultimopedido fechadelultimopedido"
    ),
}
_PERSONAL = re.compile(
    r"mail|correo|telefono|movil|phone|mobile|celular|whatsapp|direccion|address|domicilio|dni|nif|nie|cif|passport|"
    r"pasaporte|iban|cuentabancaria|tarjeta|card|nacimiento|birth|postal|zip|sexo|gender"
)
_NETWORKS = {
    written.replace("_", ""): name
    for written, name in networks.names_in_files().items()
    if networks.profile(name).has_accounts
}
_HANDLE = re.compile(
    rf"(?:handle|usuario|usuaria|user|username|nombredeusuario|cuenta|account|perfil|profile|alias)?(?:de|en|on)?"
    rf"({'|'.join(sorted(_NETWORKS, key=len, reverse=True))})"
    r"(?:handle|usuario|usuaria|user|username|cuenta|account|perfil|profile|alias)?"
)
_TITLES = 20  # rows above the header of a spreadsheet that are looked at


@dataclass(frozen=True, slots=True)
class CustomerColumns:
    """Which column holds what; None: no column does. `handles`: (network, column). `personal` are among `ignored`."""

    customer_id: str
    name: str | None
    surname: str | None
    lifetime_value: str | None
    purchases: str | None
    last_purchase: str | None
    handles: tuple[tuple[str, str], ...]
    ignored: tuple[str, ...]
    personal: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as the file has it. `number` counts as a spreadsheet does; `fault`: why it cannot be read, or ''."""

    number: int
    cells: dict[str, Any]
    fault: str = ""


def read(path: Path) -> tuple[CustomerColumns, list[RawRow]]:
    """The columns and all rows of a file. Raises UnexpectedAnswer, with the fix, when it is no table of customers."""
    form = _form(path)
    columns = find(path.name, form)
    raw_rows = []
    for number, line, cells in rows(path, form, 0, ReadProgress()):
        if not any(value not in (None, "") for value in cells.values()):
            continue  # spreadsheets end in rows of separators
        place = line if form.kind == "spreadsheet" and line else number + (1 if form.kind == "parquet" else 2)
        raw_rows.append(RawRow(place, dict(cells), str(cells.get(FAULT, ""))))
    if not raw_rows:
        raise UnfitFile("file_header", "{file} holds no customers below its header; export it again", file=path.name)
    return columns, raw_rows


def find(file: str, form: FileFormat) -> CustomerColumns:
    """The columns by their names. Raises UnexpectedAnswer when none holds the customers' ids."""
    left = {_key(name): name for name in reversed(form.header)} if form.named else {}
    found: dict[str, str | None] = {}
    for role, names in _NAMES.items():
        key = next((one for one in names.split() if one in left), None)
        found[role] = left.pop(key) if key else None
    if found["customer_id"] is None:
        raise UnfitFile(
            "file_ids",
            "{file}: no column holds the customers' ids; name one of them id or cliente in the first row "
            "(it holds: {columns})",
            file=file,
            columns=", ".join(form.header[:12])[:200],
        )
    handles = tuple((_NETWORKS[match[1]], name) for key, name in left.items() if (match := _HANDLE.fullmatch(key)))
    used = {*found.values(), *(name for _, name in handles)}
    ignored = tuple(name for name in form.header if name not in used)
    personal = tuple(name for name in ignored if _PERSONAL.search(_key(name)))
    return CustomerColumns(**found, handles=handles, ignored=ignored, personal=personal)  # type: ignore[arg-type]


def _form(path: Path) -> FileFormat:
    form = detect.detect_format(path)
    if form.kind in ("json", "jsonl"):
        raise UnfitFile("file_json", "{file} is JSON: save the customers as CSV or XLSX", file=path.name)
    if form.kind != "spreadsheet":
        return form
    for sheet in binary.sheet_names(path):
        for leading, cells in enumerate(binary.sheet_head(path, sheet, _TITLES)):
            header = tuple(str(cell or "").strip() for cell in cells)
            if sum(_is_known(name) for name in header) >= 2:
                unique = detect.unique_names(header)
                return replace(form, sheet=sheet, leading=leading, named=True, header=unique)
    return form


def _is_known(name: str) -> bool:
    key = _key(name)
    return any(key in names.split() for names in _NAMES.values()) or _HANDLE.fullmatch(key) is not None


def _key(name: str) -> str:
    """Without accents, case and signs: "Última compra" is ultimacompra."""
    plain = fold(name.replace("º", "").replace("ª", ""))
    return "".join(character for character in plain if character.isalnum())


def list_names(names: Sequence[str]) -> str:
    """Names of columns for a sentence: at most twelve, each cut."""
    return ", ".join(name[:40] for name in islice(names, 12)) + (" …" if len(names) > 12 else "")
