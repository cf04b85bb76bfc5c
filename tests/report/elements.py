"""A written page, read element by element."""

from html.parser import HTMLParser

VOID = {"meta"}

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "span", "h1", "h2", "h3", "p", "ul", "li", "b", "pre", "div"),
    *("code", "a", "details", "summary", "table", "tr", "th", "td", "footer"),
}
"""What a written page is made of."""

DRAWN = {"svg", "g", "circle", "path", "rect", "polyline", "line", "text"}
"""What a time line is made of besides."""


class Elements(HTMLParser):
    """Reads a page: its elements with their attributes, and its text; what is opened must be closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Expect it to be the one that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Add to the text."""
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """Return the attributes of each element of a name."""
        return [attributes for name, attributes in self.found if name == tag]

    def of_class(self, name: str) -> int:
        """Return how many elements are of a class."""
        return sum(name in (attributes.get("class") or "").split() for _, attributes in self.found)
