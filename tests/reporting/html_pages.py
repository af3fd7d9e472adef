"""Pages that are files: whether they are well formed, and what they say."""

from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link"}


class Tree(HTMLParser):
    """Checks that every element is closed by its own end; keeps the text and the names of elements."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.text: list[str] = []
        self.names: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.stack:
            self.text.append(data)


def parsed(html: str) -> Tree:
    tree = Tree()
    tree.feed(html)
    tree.close()
    assert tree.stack == []
    return tree


def words(html: str) -> str:
    return " ".join(" ".join(parsed(html).text).split())
