"""Whether a network is believed that calls posts gone: where it answers others, or says the same on different days."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_MANY = 10  # posts that are called gone, for which many witnesses are asked
_ONE_OR_TWO = 2  # posts, all that is stored, that are believed to be gone: no fault of a server shows in so few
_MOST_SILENT = 9  # authors none of whose posts are there, for each of whom some are
_FEW_AUTHORS = 9
_LOOKS, _LOOKS_OF_MANY = 3, 7
"""Days on which it has to say so to be believed: about posts of a few authors, about those of many."""


@dataclass(slots=True)
class Verdicts:
    """What a run has been told so far: whose posts are there, and which are said to be gone (by id, with the author).

    `silent` are the authors of all that was called gone.
    `waiting` more were called gone by earlier runs and are still not believed to be. `is_believed`: a person says so.
    """

    waiting: int = 0
    is_believed: bool = False
    living: set[str] = field(default_factory=set)
    gone: dict[str, str] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)

    def add(self, authors: Mapping[str, str], gone: Sequence[str], present: Iterable[str]) -> None:
        """Takes an answer in; `authors` are those of the posts by id."""
        self.gone |= {post_id: authors.get(post_id, post_id) for post_id in gone}
        self.silent |= {authors.get(post_id, post_id) for post_id in gone}
        self.living |= {authors[post_id] for post_id in present if post_id in authors}

    @property
    def are_proven(self) -> bool:
        """Whether the network is seen to answer about others, or a person says that it is right."""
        silent = len(self.silent - self.living)
        return self.is_believed or (bool(self.living) and silent <= _MOST_SILENT * len(self.living))

    @property
    def are_few(self) -> bool:
        """Whether so few are called gone that few witnesses do."""
        return max(len(self.gone), self.waiting) < _MANY

    @property
    def are_one_or_two(self) -> bool:
        """Whether so few are called gone that, without a witness, there is nothing to compare them with."""
        return max(len(self.gone), self.waiting) <= _ONE_OR_TWO

    @property
    def looks_needed(self) -> int:
        """On how many different days it has to be said."""
        return _LOOKS if len(set(self.gone.values())) <= _FEW_AUTHORS else _LOOKS_OF_MANY

    @property
    def silent_authors(self) -> list[str]:
        """Authors of posts that are said to be gone, the most frequent first."""
        return [author for author, _ in Counter(self.gone.values()).most_common()]
