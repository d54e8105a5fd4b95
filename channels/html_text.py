"""The words of an HTML mail, for programs that send no plain text beside it."""

import re
from html.parser import HTMLParser

_NEW_LINE = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "hr", "ul", "ol", "table", "blockquote"}
)
_UNSEEN = frozenset({"script", "style", "head", "title", "template"})
_TAG = re.compile(r"<[^>]*>")


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0
        self._quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _UNSEEN:
            self._unseen += 1
        if tag == "blockquote":
            self._quoted += 1
        if tag in _NEW_LINE:
            self._new_line()

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        if tag in ("p", "div", "blockquote", "li", "tr"):
            self._new_line()

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(re.sub(r"\s+", " ", data))

    def _new_line(self) -> None:
        # Quoted as plain text is, so that one rule finds what is new.
        self.parts.append("\n> " if self._quoted else "\n")


def html_words(html: str) -> str:
    """The text as a reader sees it, a line per block; quotations begin with ``>``."""
    reader = _Words()
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        # The library gives up on some broken markup; the words are still worth reading.
        return _TAG.sub(" ", html)
    lines = (line.strip() for line in "".join(reader.parts).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
