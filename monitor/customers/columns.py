"""Which column of a file of customers holds what, by names in Spanish and English; and the rows below them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from monitor import networks
from monitor.errors import UnfitFile
from monitor.tables.columns import ColumnFinder, bare_name
from monitor.tables.file_format import NO_OPTIONS, FormOptions
from monitor.tables.table import Table, TableRow, read_table

_NAMES: Mapping[str, str] = {
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
_FINDER = ColumnFinder({role: names.split() for role, names in _NAMES.items()}, other_names=_HANDLE)


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
    notes: tuple[str, ...] = ()
    """What of the file is not read, a line each."""


def read(path: Path, options: FormOptions = NO_OPTIONS) -> tuple[CustomerColumns, tuple[TableRow, ...]]:
    """The columns and all rows of a file. Raises UnexpectedAnswer, with the fix, when it is no table of customers."""
    table = read_table(path, _FINDER, options)
    if table.file_format.kind in ("json", "jsonl"):
        raise UnfitFile("file_json", "{file} is JSON: save the customers as CSV or XLSX", file=path.name)
    columns = find(path.name, table)
    if not table.rows:
        raise UnfitFile("file_header", "{file} holds no customers below its header; export it again", file=path.name)
    return replace(columns, notes=table.file_format.notes), table.rows


def find(file: str, table: Table) -> CustomerColumns:
    """The columns by their names. Raises UnexpectedAnswer when none holds the customers' ids."""
    roles: dict[str, str | None] = {**dict.fromkeys(_NAMES), **_FINDER.find(file, table.header)}
    if roles["customer_id"] is None:
        raise UnfitFile(
            "file_ids",
            "{file}: no column holds the customers' ids; name one of them id or cliente in the first row "
            "(it holds: {columns})",
            file=file,
            columns=", ".join(table.file_format.header[:12])[:200],
        )
    unused = {bare_name(column): column for column in reversed(table.header) if column not in roles.values()}
    handles = tuple((_NETWORKS[match[1]], name) for key, name in unused.items() if (match := _HANDLE.fullmatch(key)))
    used = {*roles.values(), *(column for _, column in handles)}
    ignored = tuple(column for column in table.file_format.header if column not in used)
    personal = tuple(column for column in ignored if _PERSONAL.search(bare_name(column)))
    return CustomerColumns(**roles, handles=handles, ignored=ignored, personal=personal)  # type: ignore[arg-type]


def list_names(names: Sequence[str]) -> str:
    """Names of columns for a sentence: at most twelve, each cut."""
    return ", ".join(name[:40] for name in islice(names, 12)) + (" …" if len(names) > 12 else "")
