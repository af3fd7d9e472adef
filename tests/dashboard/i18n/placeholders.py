"""What a message of the catalogues leaves open."""

import string


def places(message: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}
