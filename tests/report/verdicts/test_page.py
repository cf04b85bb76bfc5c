"""A report as a page: complete, closed to the outside, and whatever is written on it is text."""

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

from contracts.report.verdicts.html import write_html
from tests.report.elements import TAGS, Elements
from tests.report.verdicts.reports import EVIL, evil_report, exchange, finding, full_report, report, rule


def test_nothing_from_outside_is_markup() -> None:
    """Hostile texts are texts, in every place, and bring no element or attribute that a page does not have."""
    page = Elements(write_html(evil_report()))
    assert {tag for tag, _ in page.found} <= TAGS
    assert not any(name.startswith("on") or name == "src" for _, attributes in page.found for name in attributes)
    assert page.text.count(EVIL[:40]) > 15


def test_the_page_needs_nothing_else() -> None:
    """It refers to nothing but itself and the pages of rules, and its policy allows nothing but its own style."""
    written = write_html(full_report())
    page = Elements(written)
    (policy,) = [meta["content"] or "" for meta in page.named("meta") if "http-equiv" in meta]
    (style,) = re.findall(r"<style>(.*?)</style>", written, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert unescape(policy).split("; ")[:2] == ["default-src 'none'", f"style-src 'sha256-{digest}'"]
    elsewhere = {link["href"] for link in page.named("a") if not (link["href"] or "").startswith("#")}
    assert all((link or "").startswith("https://example.com/rules/") for link in elsewhere)
    assert not re.search(r"@import|url\(", style)
    assert not {tag for tag, _ in page.found} & {"script", "link", "img", "iframe", "object", "form", "base"}


def test_links_lead_to_exchanges_that_are_there() -> None:
    """What was not recorded is said, and not linked."""
    page = Elements(write_html(full_report()))
    places = {attributes.get("id") for _, attributes in page.found}
    hrefs = [link["href"] or "" for link in page.named("a")]
    links = [href.removeprefix("#") for href in hrefs if href.startswith("#")]
    assert links == ["exchange-1", "exchange-2", "exchange-2", "exchange-3", "exchange-2", "exchange-2"]
    assert set(links) <= places
    assert "#9 (not recorded)" in page.text


def test_long_findings_are_cut() -> None:
    """Of many exchanges the first are linked, and it is said how many more there are."""
    exchanges = tuple(map(exchange, range(1, 23)))
    written = write_html(report(rule("L4", finding(*range(1, 23))), exchanges=exchanges))
    assert "... and 2 more exchanges\n" in written
    assert 'href="#exchange-20"' in written
    assert 'href="#exchange-21"' not in written


def test_links_lead_to_the_pages_of_rules() -> None:
    """Where these are on the web; else the command is named that shows a rule."""
    assert '<a href="https://example.com/rules/L4.md">https://example.com/rules/L4.md</a>' in write_html(full_report())
    for docs, named in ((None, "evolink-contracts rules L4"), ("docs/", "docs/L4.md")):
        assert f"See <code>{named}</code>" in write_html(report(rule("L4", None), docs=docs))


def test_what_needs_a_look_is_open() -> None:
    """Failures, what could not be judged, and warnings; the rest can be opened."""
    page = Elements(write_html(full_report()))
    rules = [each for each in page.named("details") if (each["id"] or "").startswith("rule-")]
    assert [each["id"] for each in rules] == [f"rule-{name}" for name in ("L4", "L5", "P2", "L9", "K7", "K8", "M1")]
    assert [each["id"] for each in rules if "open" in each] == ["rule-L4", "rule-L5", "rule-P2"]


def test_it_says_all_that_helps() -> None:
    """Counts, clauses, findings, what to do, why something is allowed, and the exchanges with both sides."""
    text = Elements(write_html(full_report())).text
    for part in (
        "1could not be judged",
        "The baseline knows of P6, which passed.",
        'AUTH-BEARER Every API call carries "Authorization: Bearer <key>".',
        "Put to the test by: a listener at an internal address",
        "expectedprogress of at least 40",
        "2 findings in 3 tests",
        "1 finding allowed: known until May",
        "What to do: Keep the highest progress that was told.",
        "See https://example.com/rules/L4.md",
        "LookupError",
        'curl https://api.evolink.ai/v1/videos/generations -H "Authorization: Bearer $EVOLINK_API_KEY"',
        '"prompt": "(redacted: 35 characters)"',
        "the sender gave up",
        "fault: slow",
        "no body",
        "Written by evolink-mock 1.2.3.",
    ):
        assert part in text, part


def test_a_sound_run_is_short() -> None:
    """It passed, and there is no exchange to show."""
    page = Elements(write_html(report(rule("L4", None))))
    assert page.of_class("passed") == 1
    assert "Exchanges" not in page.text


def test_what_is_hidden_says_why() -> None:
    """A body that is no text is told by its size; a finding without exchanges has no row for them."""
    seen = report(rule("L4", finding(1), finding()), exchanges=(exchange(1, response_body=b"\xff\xd8"),))
    text = Elements(write_html(seen)).text
    assert "2 bytes that are not shown: it is not text" in text
    assert text.count("exchanges") == 1
