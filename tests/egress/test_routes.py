import pytest

from mock_server.core.http.urls import Origin
from mock_server.egress.egress import EgressError, read_origin
from mock_server.egress.routes import RouteError, read_route


@pytest.mark.parametrize(
    ("text", "source", "target"),
    [
        ("https://hooks.example.com=http://127.0.0.1:3000", "https://hooks.example.com", "http://127.0.0.1:3000"),
        ("https://Hooks.Example.com:443/=http://LOCALHOST:80/", "https://hooks.example.com", "http://localhost"),
        (" https://a.example.com = https://[::1]:8443 ", "https://a.example.com", "https://[::1]:8443"),
        ("https://bücher.example.com=http://127.1", "https://xn--bcher-kva.example.com", "http://127.0.0.1"),
    ],
)
def test_a_route_joins_two_origins(text: str, source: str, target: str) -> None:
    """It is read as what URLs are read as, so that any spelling of an origin finds its route."""
    assert tuple(map(str, read_route(text))) == (source, target)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://hooks.example.com", "write https://hooks.example.com=http://127.0.0.1:3000"),
        ("hooks.example.com=http://127.0.0.1", "'hooks.example.com': it is no http or https URL"),
        ("https://hooks.example.com=", "'': it is no http or https URL"),
        ("https://hooks.example.com=ftp://127.0.0.1", "'ftp://127.0.0.1': it is no http or https URL"),
        ("https://hooks.example.com=http://127.0.0.1:0", "there is no port 0"),
        ("https://hooks.example.com/a=http://127.0.0.1", "'https://hooks.example.com/a' has a path"),
        ("https://hooks.example.com=http://127.0.0.1/a", "'http://127.0.0.1/a' has a path"),
    ],
)
def test_what_is_no_route(text: str, reason: str) -> None:
    """The message has the whole of what was written, and what is wrong with it."""
    with pytest.raises(RouteError) as caught:
        read_route(text)
    assert repr(text) in str(caught.value)
    assert reason in str(caught.value)


def test_an_origin_of_a_url() -> None:
    """Scheme, host and port; what is no URL has none."""
    assert read_origin("https://u@hooks.example.com/a?b") == Origin("https", "hooks.example.com", 443)
    with pytest.raises(EgressError, match="not a URL to send to: it is no http or https URL"):
        read_origin("mailto:a@example.com")
