"""The bodies of requests for a task, and the pages of models that they are held against."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import msgspec

from contracts.recording.calls import Call
from contracts.recording.client import ClientRecord
from contracts.recording.exchange import Exchange
from contracts.recording.pages import page_of
from openapi.operations import Operation
from openapi.violations import Violation

REFERENCES: Final = ("video_urls", "image_urls", "audio_urls", "audio_url", "image_start", "image_end")
"""The fields that lead to files from which something is made, whether or not a page calls what they have links."""


def bodies(record: ClientRecord) -> Iterator[tuple[Exchange, dict[str, Any]]]:
    """Find the requests for a task whose body is a JSON object."""
    for call in record.creates:
        for attempt in call.attempts:
            if isinstance(attempt.sent, dict):
                yield attempt, attempt.sent


def paged(record: ClientRecord) -> tuple[tuple[Exchange, dict[str, Any], Operation], ...]:
    """Return those of them whose page is known, or may be guessed, each with that page; several rules ask for that."""
    return record.once(_find_paged)


def _find_paged(record: ClientRecord) -> tuple[tuple[Exchange, dict[str, Any], Operation], ...]:
    return tuple(_choose_pages(record))


def _choose_pages(record: ClientRecord) -> Iterator[tuple[Exchange, dict[str, Any], Operation]]:
    for exchange, body in bodies(record):
        page = page_of(record.contract, exchange)
        if page is not None:
            yield exchange, body, page if _is_of(page, body) else _guess_page(record, page.path, body)


def _is_of(page: Operation, body: dict[str, Any]) -> bool:
    return body.get("model", page.model_left_out) in page.models


def _guess_page(record: ClientRecord, path: str, body: dict[str, Any]) -> Operation:
    """Return the page that a body is most likely meant for whose model nobody knows: which has most of its fields."""
    pages = [page for page in record.contract.creations if page.path == path]
    return max(pages, key=lambda page: len(body.keys() & page.body_schema["properties"].keys()))


@lru_cache(maxsize=16_384)
def _violations(page: Operation, body: bytes) -> tuple[Violation, ...]:
    """Return what a body gets wrong by its page's schema; the attempts at one call have the same."""
    return page.request_violations(msgspec.json.decode(body))


def first_violation(page: Operation, exchange: Exchange, names: tuple[str, ...]) -> Violation | None:
    """Return the first thing that a body gets wrong at one of these fields."""
    found = _violations(page, exchange.request_body)
    return next((wrong for wrong in found if wrong.path.partition("[")[0].partition(".")[0] in names), None)


def references_of(record: ClientRecord, call: Call) -> Iterator[tuple[str, Any]]:
    """Find what a task is asked for with, each with its field: what stands where the model's page has links.

    A model whose page is not known is asked for as any is.
    """
    page = page_of(record.contract, call.first)
    pages = record.contract.creations if page is None else (page,)
    fields = {name: schema for each in pages for name, schema in _link_fields(each).items()}
    for name, value in call.body.items():
        if name in fields and isinstance(value, list):
            yield from ((name, item) for item in value)
        elif name in fields and fields[name].get("type") != "array" and value is not None:
            yield name, value


@lru_cache(maxsize=256)
def _link_fields(page: Operation) -> Mapping[str, Mapping[str, Any]]:
    """Return the schemas of the fields of a page that have links, but for where callbacks go."""
    fields: dict[str, dict[str, Any]] = page.body_schema.get("properties", {})
    return {
        name: schema
        for name, schema in fields.items()
        if name in REFERENCES
        or (name != "callback_url" and "uri" in (schema.get("format"), schema.get("items", {}).get("format")))
    }


def longest_prompt(page: Operation) -> int | None:
    """Return how many characters a prompt may have; None if the page does not say."""
    longest: int | None = page.body_schema.get("properties", {}).get("prompt", {}).get("maxLength")
    return longest
