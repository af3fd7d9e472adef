"""A file that is taken away, or can be read no more, while it is read: told with its name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.errors import UnexpectedAnswer


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Raises UnexpectedAnswer for what the system says of the file in the body."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UnexpectedAnswer(f"{path.name} can no longer be read: {reason}; look whether it is still there") from None
