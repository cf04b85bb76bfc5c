"""One exchange in a report: its line, and below it, when opened, what was sent and what came back."""

from collections.abc import Iterator

import msgspec

from contracts.report.markup import Html, element, join
from mock_server.journal.entries import Entry, Message


def write_exchange(entry: Entry, line: Html) -> Html:
    """Return an exchange that can be opened; `line` is what is seen of it before."""
    sides = element(
        "div",
        element("div", *side("Request", entry.request)),
        element("div", *side("Answer", entry.answer)),
        class_="sides",
    )
    inside = element("div", _facts(entry), *_told(entry), sides, class_="inside")
    return element("details", element("summary", line), inside, id=f"exchange-{entry.number}")


def pretty(body: str) -> str:
    """Return a body as it is read best: JSON with line breaks, anything else as it is."""
    try:
        return msgspec.json.format(body, indent=2)
    except (msgspec.DecodeError, RecursionError):
        return body


def _facts(entry: Entry) -> Html:
    facts = (
        entry.operation,
        f"{entry.milliseconds:.1f} ms of real time",
        f"HTTP/{entry.http_version}",
        f"connection {entry.connection}, request {entry.turn} on it" if entry.connection else None,
        entry.id,
    )
    return element("p", " · ".join(fact for fact in facts if fact), class_="soft")


def _told(entry: Entry) -> Iterator[Html]:
    """Yield what there is to say of an exchange: what was nearly right, what was ignored, and notes."""
    for miss in entry.near_misses:
        nearest = ", ".join(form if isinstance(form, str) else _json(form) for form in miss.nearest)
        yield element(
            "div",
            element("code", miss.clause) if miss.clause else None,
            f"{miss.field} {miss.message}".strip(),
            join(". Nearest right form: ", element("code", nearest)) if nearest else None,
            class_="broken",
        )
    if entry.unknown_fields:
        yield element("p", "Fields that no page describes: ", element("code", ", ".join(entry.unknown_fields)))
    for note in entry.notes:
        yield element("p", note)


def side(name: str, message: Message) -> Iterator[Html]:
    """Show one side of an exchange: its headers and its body, or why it has none."""
    yield element("h3", name)
    rows = [element("tr", element("th", header), element("td", value)) for header, value in message.headers]
    yield element("table", *rows, class_="headers")
    if message.body:
        yield element("pre", pretty(message.body))
    elif message.hidden is not None:
        yield element("p", f"{message.size} bytes that are not shown: {message.hidden}", class_="soft")
    else:
        yield element("p", "no body", class_="soft")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
