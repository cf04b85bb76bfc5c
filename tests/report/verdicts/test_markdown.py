"""A report as Markdown: what a reader sees when it is rendered, and that nothing from outside is markup in it."""

from html.parser import HTMLParser

from markdown_it import MarkdownIt

from contracts.report.verdicts.markdown import MOST_CHARACTERS, write_markdown
from contracts.report.verdicts.report import Report
from tests.report.verdicts.reports import EVIL, evil_report, exchange, finding, full_report, report, rule

FOLDED = {"details", "summary", "pre", "code"}
TABLE = {"table", "thead", "tbody", "tr", "th", "td", "a"}
OURS = {"h2", "h3", "p", "strong", "ul", "li"} | FOLDED | TABLE


class Page(HTMLParser):
    """What is on a rendered page: its tags, its links, and the text below each tag."""

    def __init__(self, given: Report) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(write_markdown(given)))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag, and where it leads if it is a link."""
        self.open.append(tag)
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_endtag(self, tag: str) -> None:
        """Close the tag that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data))

    def of(self, tag: str) -> list[str]:
        """Return the texts directly within a tag."""
        return [text for name, text in self.texts if name == tag]


def test_the_sum_comes_first() -> None:
    """Then who was judged, a table of what there is to look into, and the baseline."""
    page = Page(full_report())
    assert page.of("h2") == ["The server's contract: failed"]
    (total,) = page.of("strong")
    assert total.startswith("1 failed, 1 could not be judged, 1 warned, 1 allowed, 2 not put to the test, 1 passed, ")
    assert page.of("td") == [
        *("FAIL", "What L4 wants holds.", "2"),
        *("ERROR", "What L5 wants holds.", "0"),
        *("WARN", "What P2 wants holds.", "1"),
    ]
    assert page.links == [f"https://example.com/rules/{name}.md" for name in ("L4", "L5", "P2")]
    assert page.of("li") == ["The baseline knows of P6, which passed."]


def test_what_was_found_is_folded() -> None:
    """Each rule below its title, and what needs no look at the end."""
    page = Page(full_report())
    assert page.of("summary") == [
        "FAIL L4: What L4 wants holds.",
        "ERROR L5: What L5 wants holds.",
        "WARN P2: What P2 wants holds.",
        "Allowed",
        "Not put to the test",
    ]
    failed, *_, allowed, untested = page.of("code")[1:]
    assert "\nexpected progress of at least 40\nseen     30\n" in failed
    assert allowed == "L9: known until May\n"
    assert untested == "K7: a listener at an internal address\nK8: What K8 wants holds.\n"


def test_a_sound_run_is_three_lines() -> None:
    """There is nothing to look into, and no table."""
    page = Page(report(rule("L4", None)))
    assert set(page.tags) == {"h2", "p", "strong", "code"}
    assert page.of("h2") == ["The server's contract: passed"]


def test_a_page_elsewhere_is_no_link() -> None:
    """Only what a browser opens is one."""
    page = Page(full_report(docs="javascript:alert(1)//"))
    assert page.links == []
    assert "L4" in page.of("td")


def test_hostile_texts_are_no_markup() -> None:
    """Each is shown as it is, within tags of ours alone."""
    page = Page(evil_report())
    assert set(page.tags) <= OURS
    assert page.open == []
    shown = "".join(text for _, text in page.texts)
    assert shown.count("<script>alert('1')</script>") >= 5


def test_ticks_end_no_code() -> None:
    """A fence is longer than any in what it holds, and so is what code in a line stands in."""
    ticks = f"```` {EVIL}"
    page = Page(report(rule("L4", finding(seen=f"a\n{ticks}")), target=f"`{ticks}", title=f"`{ticks} *#1* @you"))
    assert set(page.tags) <= OURS
    assert "".join(page.of("h2")).endswith(" *#1* @you: failed")
    assert page.of("code")[0].startswith("````` </pre>")


def test_much_is_cut() -> None:
    """An issue takes it all the same: the first rules are told whole, and the table has the others."""
    many = [rule(f"L{number}", finding(1, seen="x" * 9_000)) for number in range(20)]
    told = report(*many, exchanges=(exchange(1),))
    assert MOST_CHARACTERS - 10_000 < len(write_markdown(told)) < MOST_CHARACTERS + 1_000
    page = Page(told)
    assert page.of("td")[-4:] == ["FAIL", "L19", "What L19 wants holds.", "1"]
    assert page.of("p")[-1] == "What was found by 14 more rules is left out here, to fit into an issue."
