"""`escucha query test` and `escucha query explain`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common

if TYPE_CHECKING:
    from monitor.query.parser import Node, Query
    from monitor.query.terms import Subject
    from monitor.query.translation import Dialect

queries = typer.Typer(help="Try a query, and see what networks are asked for it.", no_args_is_help=True)
_Expression = Annotated[str, typer.Argument(help="The query; put it between single quotes.")]


_DASHES = {"ignore_unknown_options": True}  # a query may begin with one


@queries.command("test", context_settings=_DASHES)
def match(
    expression: _Expression,
    text: Annotated[str, typer.Option(help="The text of a post.")],
    network: Annotated[str, typer.Option(help="Where it was posted: handles differ.")] = "x",
    author: Annotated[str | None, typer.Option(help="Who posted it, for from:.")] = None,
    language: Annotated[str | None, typer.Option(help="The network's language tag, for lang:.")] = None,
) -> None:
    """Says whether a post matches a query, and by which terms.

    Exit code 0: it matches; 1: it does not, or the query cannot be read.
    """
    from monitor.models.posts import Mention
    from monitor.query import parser
    from monitor.query.terms import Subject
    from monitor.runs import now

    parsed = parser.parse(expression)
    mention = Mention(
        network=network, post_id="", text=text, posted_at=now(), thread_id="", author=author, language=language, raw={}
    )
    terms = parsed.match(mention)
    if terms is None:
        common.out.print("no match")
        for reason in dict.fromkeys(_failing(parsed.root, True, Subject(mention))):
            common.out.print(f"  {common.plain(reason)}")
        raise typer.Exit(1)
    common.out.print(common.plain(f"match: {', '.join(terms)}" if terms else "match: by what it does not contain"))
    _print_marked(text, terms)


@queries.command("explain", context_settings=_DASHES)
def explain(
    expression: _Expression,
    network: Annotated[
        str | None, typer.Option(help="Only this network; without it, all that can be searched.")
    ] = None,
) -> None:
    """Shows how a query is understood, and what each network is asked for it.

    Needs no settings and no credentials. Exit code 1: the query cannot be read, or no network can search for it.
    """
    from monitor.errors import QueryRejected
    from monitor.query import parser

    parsed = parser.parse(expression)
    dialects = _dialects(network)
    common.out.print("understood as")
    for line in _drawn(parsed.root, "  "):
        common.out.print(common.plain(line))
    refused = []
    for name, dialect in dialects.items():
        try:
            _print_requests(parsed, name, dialect)
        except QueryRejected as error:
            refused.append(error)
            common.out.print(f"[bold]{name}[/]: {common.plain(str(error))}")
    if network is None:
        common.out.print("Other networks are read by account, page or feed, and matched locally.")
    if len(refused) == len(dialects):
        raise typer.Exit(1)


def _dialects(network: str | None) -> "dict[str, Dialect]":
    """What can be searched. Raises SettingsError when that is not one of them."""
    from monitor.errors import SettingsError
    from monitor.sources import registry

    known = {name: getattr(registry.module(name), "DIALECT", None) for name in registry.networks()}
    found = {name: dialect for name, dialect in known.items() if dialect is not None}
    if network is None:
        return found
    if network not in found:
        raise SettingsError(f"{network} is not searched by queries; these are: {', '.join(found)}")
    return {network: found[network]}


def _print_requests(parsed: "Query", name: str, dialect: "Dialect") -> None:
    from monitor.query.requests import size
    from monitor.query.translation import left_to_local, translate

    requests = translate(parsed, dialect)
    plural = "" if len(requests) == 1 else "s"
    common.out.print(f"[bold]{name}[/]: {len(requests)} request{plural} of at most {dialect.longest} characters")
    for request in requests:
        common.out.print(f"  {size(request):>4}  {common.plain(request)}")
    if not requests:
        common.out.print("        no post there can match")
    if left := left_to_local(parsed, dialect):
        common.out.print(common.plain(f"        left to local matching: {'  '.join(left)}"))


def _drawn(node: "Node", indent: str) -> Iterator[str]:
    """The tree, a line for each term."""
    from monitor.query.parser import All, Either, Not
    from monitor.query.translation import to_text

    if isinstance(node, All | Either):
        yield f"{indent}{'all of' if isinstance(node, All) else 'any of'}"
        for one in node.nodes:
            yield from _drawn(one, indent + "  ")
    elif isinstance(node, Not) and isinstance(node.node, All | Either):
        yield f"{indent}not"
        yield from _drawn(node.node, indent + "  ")
    else:
        yield f"{indent}not {to_text(node.node)}" if isinstance(node, Not) else indent + to_text(node)


def _failing(node: "Node", wanted: bool, subject: "Subject") -> Iterator[str]:
    """Which parts keep the post from matching."""
    from monitor.query.parser import All, Either, Not
    from monitor.query.translation import to_text

    if node.test(wanted)(subject) is not None:
        return
    if isinstance(node, Not):
        yield from _failing(node.node, not wanted, subject)
    elif isinstance(node, All | Either) and isinstance(node, All) is wanted:
        for one in node.nodes:
            yield from _failing(one, wanted, subject)
    else:
        yield f"missing: {to_text(node)}" if wanted else f"excluded: {to_text(node)}"


def _print_marked(text: str, terms: tuple[str, ...]) -> None:
    """The text, and below it a line with carets under what matched."""
    from rich.cells import cell_len

    shown = "".join(one if one.isprintable() else " " for one in text)
    marked = set(_places(shown, terms))
    if marked:
        common.out.print(f"  {common.plain(shown)}")
        carets = "".join(("^" if at in marked else " ") * cell_len(one) for at, one in enumerate(shown))
        common.out.print(f"  {carets.rstrip()}")


def _places(text: str, terms: tuple[str, ...]) -> Iterator[int]:
    """The characters of `text` that the terms stand for; terms are looked for in the folded text, as matching does."""
    from monitor.text.folding import fold

    parts = [fold(one) for one in text]
    origin = [at for at, part in enumerate(parts) for _ in part]
    for term in map(fold, terms):
        words = re.findall(r"\w+", term)
        bare = not words or not term.startswith(words[0]) or not term.endswith(words[-1])
        looked_for = re.escape(term) if bare else r"\W+".join(map(re.escape, words))
        edges = (r"(?<!\w)", r"(?!\w)") if words else ("", "")
        for found in re.finditer(edges[0] + looked_for + edges[1], "".join(parts)):
            yield from origin[found.start() : found.end()]
