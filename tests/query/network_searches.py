"""Small searches that behave as the networks document theirs, for checking what queries are translated to.

Where the documentation is silent they are as unkind as a network may be: Reddit minds accents, X looks into links and
cuts words at `_`, Bluesky and Mastodon look into descriptions of pictures, and full stops between letters join words.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

PARTS = re.compile(r'[()]|-?"[^"]*"|[^\s()"]+')


class Refused(Exception):
    """The network would answer 400."""


@dataclass(frozen=True)
class Seen:
    """A post as a network's index has it; `hidden` is what is not in its text: links, descriptions of pictures."""

    text: str
    author: str
    language: str = "und"
    hidden: str = ""


Test = Callable[[Seen], bool]
Parsed = tuple[Test, bool, bool]
"""What matches, whether a searched term stands in each way to match, and whether it only excludes."""


def plain(text: str) -> str:
    """Without case and accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()


def cut(text: str) -> list[str]:
    """Words between punctuation and symbols, each emoji a word of its own (X)."""
    spaced = "".join(c if c.isalnum() else f" {c} " if unicodedata.category(c) == "So" else " " for c in text)
    return spaced.split()


def joined(text: str) -> list[str]:
    """Words as Unicode's rules bound them: full stops, colons and apostrophes between letters join (Lucene); emoji."""
    found = re.findall(r"\w+(?:[.:'’·]\w+)*|\S", text)
    return [one for one in found if one[0].isalnum() or one[0] == "_" or unicodedata.category(one[0]) == "So"]


def in_row(words: list[str], wanted: list[str]) -> bool:
    """Whether the wanted words stand next to each other."""
    return any(words[at : at + len(wanted)] == wanted for at in range(len(words) - len(wanted) + 1))


class Boolean:
    """A language of AND, OR and parentheses; each subclass reads its own terms."""

    longest = 512

    def accepts(self, request: str, seen: Seen) -> bool:
        """Whether the post is found. Raises Refused."""
        if len(request.encode("utf-16-le")) // 2 > self.longest:
            raise Refused(f"too long: {request}")
        parts = PARTS.findall(request)
        if "".join(parts) != re.sub(r"\s+(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", "", request):
            raise Refused(f"unreadable: {request}")
        (test, standing, _), rest = self.some(parts)
        if rest or not standing:
            raise Refused(request)
        return test(seen)

    def some(self, parts: list[str]) -> tuple[Parsed, list[str]]:
        read, parts = self.every(parts)
        branches = [read]
        while parts[:1] == ["OR"]:
            read, parts = self.every(parts[1:])
            branches.append(read)
        if len(branches) > 1 and any(excludes for _, _, excludes in branches):
            raise Refused("an exclusion alone beside OR")
        tests = [test for test, _, _ in branches]
        whole = (lambda seen: any(test(seen) for test in tests), all(b[1] for b in branches), branches[0][2])
        return whole, parts

    def every(self, parts: list[str]) -> tuple[Parsed, list[str]]:
        units = []
        while parts and parts[0] not in ("OR", ")"):
            if parts[0] == "(":
                read, parts = self.some(parts[1:])
                if parts[:1] != [")"]:
                    raise Refused("parentheses")
                units.append(read)
            elif not self.skips(parts[0]):
                units.append(self.term(parts[0]))
            parts = parts[1:]
        if not units:
            raise Refused("nothing to search for")
        tests = [test for test, _, _ in units]
        whole = (lambda seen: all(t(seen) for t in tests), any(u[1] for u in units), all(u[2] for u in units))
        return whole, parts

    def skips(self, part: str) -> bool:
        """Whether it only says AND."""
        return part == "AND"

    def term(self, part: str) -> Parsed:
        raise NotImplementedError


class X(Boolean):
    """Recent search; with `folds` False, the filtered stream."""

    def __init__(self, folds: bool = True) -> None:
        self.fold = plain if folds else str.lower

    def skips(self, part: str) -> bool:
        if part.lower() in ("and", "or", "not"):
            raise Refused(f"ambiguous use of {part}")
        return False

    def term(self, part: str) -> Parsed:
        excludes, word = part.startswith("-"), part.removeprefix("-")
        test, standing = self.test(word), not word.startswith("lang:")
        if excludes:
            return (lambda seen: not test(seen)), False, True
        return test, standing, False

    def test(self, word: str) -> Test:
        value = word[word.find(":") + 1 :] if ":" in word else word[1:]
        if re.fullmatch(r"from:\w{1,15}", word):
            return lambda seen: seen.author.lower() == value
        if re.fullmatch(r"lang:[a-z]{2}", word):
            return lambda seen: seen.language == value
        if re.fullmatch(r"#\w+", word):
            return lambda seen: self.fold(value) in map(self.fold, re.findall(r"(?<![\w&#])#(\w+)", seen.text))
        if re.fullmatch(r"@[a-z0-9_]{1,15}", word):
            linked = r"(?<![\w!@#$%&*])@([A-Za-z0-9_]{1,15})(?!\w|@)"
            return lambda seen: value in map(str.lower, re.findall(linked, seen.text))
        if not re.fullmatch(r'[^\W_]+|"[^"]+"', word):
            raise Refused(word)
        wanted = cut(self.fold(word))
        return lambda seen: any(in_row(cut(self.fold(text)), wanted) for text in (seen.text, seen.hidden))


class Reddit(Boolean):
    """Search of submissions."""

    def term(self, part: str) -> Parsed:
        if re.fullmatch(r"author:[\w-]{3,20}", part):
            return (lambda seen: f"author:{seen.author}".lower() == part.lower()), True, False
        if not re.fullmatch(r'[^\W_]+|"[^"]+"', part) or part in ("NOT", "AND", "OR"):
            raise Refused(part)
        wanted = joined(part.lower())
        return (lambda seen: in_row(joined(seen.text.lower()), wanted)), True, False


class Mastodon(Boolean):
    """Full-text search: words only, all of them."""

    def term(self, part: str) -> Parsed:
        if re.fullmatch(r"from:\w+@[\w.-]+", part):
            return (lambda seen: f"from:{seen.author}" == part), True, False
        if not re.fullmatch(r"\w[\w@.'’·-]*", part):
            raise Refused(part)
        wanted = joined(plain(part))
        return (lambda seen: set(wanted) <= set(joined(plain(f"{seen.text} | {seen.hidden}")))), True, False

    def some(self, parts: list[str]) -> tuple[Parsed, list[str]]:
        if {"OR", "AND", "(", ")"} & set(parts):
            raise Refused("it knows no operators")
        return super().some(parts)


class Bluesky(Mastodon):
    """Search of posts: words, phrases, `from:`."""

    def term(self, part: str) -> Parsed:
        if re.fullmatch(r"from:[\w-]+(\.[\w-]+)+", part):
            return (lambda seen: f"from:{seen.author}" == part), True, False
        if not re.fullmatch(r'\w+|"[^"]+"', part):
            raise Refused(part)
        wanted = joined(plain(part))
        return (lambda seen: in_row(joined(plain(f"{seen.text} | {seen.hidden}")), wanted)), True, False
