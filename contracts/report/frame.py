"""What reports in HTML have in common: they need nothing else, and only show themselves, in their own style."""

from base64 import b64encode
from hashlib import sha256

from contracts.report.markup import Html, element


def write_frame(title: str, body: Html, *, style: str) -> str:
    """Return a document of HTML with a title, a body and a style; its policy allows the style and nothing more."""
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Html(style)),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"
