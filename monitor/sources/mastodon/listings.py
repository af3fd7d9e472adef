"""What a query means for Mastodon: which hashtags' timelines hold what it matches."""

import re

from monitor.query.parser import AccountTerm, All, Either, Node, TagTerm

_NAME = re.compile(r"\w+")


def tags_of(node: Node) -> tuple[frozenset[str], bool]:
    """The hashtags to read, and whether every post that the query matches bears one of them."""
    if isinstance(node, TagTerm):
        name = _NAME.match(node.text)
        # Mastodon's hashtags end at a hyphen, and numbers alone are none.
        is_name = name is not None and not name[0].isdecimal()
        return (frozenset({name[0].casefold()}), True) if name and is_name else (frozenset(), False)
    if isinstance(node, Either | All):
        parts = [tags_of(child) for child in node.nodes]
        sufficient_tags = [tags for tags, is_enough in parts if is_enough]
        if isinstance(node, All) and sufficient_tags:
            return min(sufficient_tags, key=len), True
        all_tags = frozenset().union(*(tags for tags, _ in parts))
        return all_tags, isinstance(node, Either) and len(sufficient_tags) == len(parts)
    return frozenset(), False


def names_accounts(node: Node) -> bool:
    """Whether an @account is among what may be wanted."""
    if isinstance(node, Either | All):
        return any(names_accounts(child) for child in node.nodes)
    return isinstance(node, AccountTerm)
