"""`escucha query test` and `escucha query explain`."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli import common, usage

if TYPE_CHECKING:
    from monitor.query.parser import Node, Query
    from monitor.query.terms import Subject
    from monitor.query.translation import Dialect

queries = typer.Typer(
    cls=usage.Commands, help="Tests a query, and shows the searches it becomes on each network.", no_args_is_help=True
)
_Expression = Annotated[str, typer.Argument(help="The query, between single quotes.")]


_DASHES = {"ignore_unknown_options": True}  # a query may begin with one


@queries.command("test", context_settings=_DASHES)
def match(
    expression: _Expression,
    text: Annotated[str, typer.Option(help="The text of a post.")],
    network: Annotated[str, typer.Option(help="Where it was posted: networks spell handles differently.")] = "x",
    author: Annotated[str | None, typer.Option(help="Who posted it, for from:.")] = None,
    language: Annotated[str | None, typer.Option(help="The network's language tag, for lang:.")] = None,
) -> None:
    """Says whether a post matches a query, and by which terms.

    Exit code 0: it matches; 1: it does not, or the query has a mistake.
    """
    from monitor.models.posts import Mention
    from monitor.query import parser
    from monitor.query.terms import Subject
    from monitor.runs import now

    query = parser.parse(expression)
    mention = Mention(
        network=network, post_id="", text=text, posted_at=now(), thread_id="", author=author, language=language, raw={}
    )
    _print_hints(query)
    terms = query.match(mention)
    if terms is None:
        common.stdout.print("no match")
        for reason in dict.fromkeys(_failed_parts(query.root, True, Subject(mention))):
            common.stdout.print(f"  {common.told(reason)}")
        raise typer.Exit(1)
    common.stdout.print(
        common.told(f"match: {', '.join(terms)}" if terms else "match: it has none of the excluded terms")
    )
    _print_marked(text, terms)


@queries.command("explain", context_settings=_DASHES)
def explain(
    expression: _Expression,
    network: Annotated[str | None, typer.Option(help="Only this network. Default: all that can be searched.")] = None,
) -> None:
    """Shows how a query is understood, and which searches each network gets for it.

    Needs no settings and no credentials. Exit code 1: the query has a mistake, or no network can search for it.
    """
    from monitor.errors import QueryRejected
    from monitor.query import parser

    query = parser.parse(expression)
    dialects = _dialects(network)
    _print_hints(query)
    common.stdout.print("understood as")
    for line in _tree_lines(query.root, "  "):
        common.stdout.print(common.plain(line))
    rejections = []
    for name, dialect in dialects.items():
        try:
            _print_requests(query, name, dialect)
        except QueryRejected as error:
            rejections.append(error)
            common.stdout.print(f"[bold]{name}[/]: {common.told(str(error))}")
    if network is None:
        common.stdout.print("The other networks are read by account, page or feed, and their posts are matched here.")
    if len(rejections) == len(dialects):
        raise typer.Exit(1)


def _dialects(network: str | None) -> "dict[str, Dialect]":
    """What can be searched. Raises SettingsError when that is not one of them."""
    from monitor.errors import SettingsError
    from monitor.sources import registry

    dialects = {name: getattr(registry.module(name), "DIALECT", None) for name in registry.networks()}
    searchable = {name: dialect for name, dialect in dialects.items() if dialect is not None}
    if network is None:
        return searchable
    if network not in searchable:
        raise SettingsError(f"{network} cannot be searched by query; name one of: {', '.join(searchable)}")
    return {network: searchable[network]}


def _print_hints(query: "Query") -> None:
    for hint in query.hints:
        common.stdout.print(f"[yellow]![/] {common.told(hint)}", soft_wrap=True)


def _print_requests(query: "Query", name: str, dialect: "Dialect") -> None:
    from monitor.query.requests import size
    from monitor.query.translation import left_to_local, translate

    requests = translate(query, dialect)
    plural = "" if len(requests) == 1 else "s"
    common.stdout.print(f"[bold]{name}[/]: {len(requests)} request{plural} of at most {dialect.longest} characters")
    for request in requests:
        common.stdout.print(common.plain(f"  {size(request):>4}  {request}"))
    if not requests:
        common.stdout.print("        no post there can match")
    if terms_left := left_to_local(query, dialect):
        common.stdout.print(common.told(f"        matched here after reading: {'  '.join(terms_left)}"))


def _tree_lines(node: "Node", indent: str) -> Iterator[str]:
    """The tree, a line for each term."""
    from monitor.query.parser import All, Either, Not
    from monitor.query.translation import to_text

    if isinstance(node, All | Either):
        yield indent + common.tell("all of" if isinstance(node, All) else "any of")
        for child in node.nodes:
            yield from _tree_lines(child, indent + "  ")
    elif isinstance(node, Not) and isinstance(node.node, All | Either):
        yield indent + common.tell("not")
        yield from _tree_lines(node.node, indent + "  ")
    else:
        yield indent + (f"{common.tell('not')} {to_text(node.node)}" if isinstance(node, Not) else to_text(node))


def _failed_parts(node: "Node", expected: bool, subject: "Subject") -> Iterator[str]:
    """Which parts keep the post from matching."""
    from monitor.query.parser import All, Either, Not
    from monitor.query.translation import to_text

    if node.test(expected)(subject) is not None:
        return
    if isinstance(node, Not):
        yield from _failed_parts(node.node, not expected, subject)
    elif isinstance(node, All | Either) and isinstance(node, All) is expected:
        for child in node.nodes:
            yield from _failed_parts(child, expected, subject)
    else:
        yield f"missing: {to_text(node)}" if expected else f"excluded: {to_text(node)}"


def _print_marked(text: str, terms: tuple[str, ...]) -> None:
    """The text, and below it a line with carets under what matched."""
    from rich.cells import cell_len

    line = "".join(letter if letter.isprintable() else " " for letter in text)
    positions = set(_matched_positions(line, terms))
    if positions:
        common.stdout.print(common.plain(f"  {line}"))
        carets = "".join(("^" if at in positions else " ") * cell_len(letter) for at, letter in enumerate(line))
        common.stdout.print(f"  {carets.rstrip()}")


def _matched_positions(text: str, terms: tuple[str, ...]) -> Iterator[int]:
    """The characters of `text` that the terms stand for; terms are looked for in the folded text, as matching does."""
    from monitor.query.terms import row_pattern
    from monitor.text.folding import fold

    parts = [fold(letter) for letter in text]
    origins = [at for at, part in enumerate(parts) for _ in part]
    for term in map(fold, terms):
        words = re.findall(r"\w{3,}\*(?!\w)|\w+", term)
        is_bare = not words or not term.startswith(words[0]) or not term.endswith(words[-1])
        pattern = re.escape(term) if is_bare and not term.endswith("*") else row_pattern(words)
        edges = (r"(?<!\w)", r"(?!\w)") if words else ("", "")
        for match in re.finditer(edges[0] + pattern + edges[1], "".join(parts)):
            yield from origins[match.start() : match.end()]
