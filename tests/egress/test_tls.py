"""Whom the way out trusts, shown by receivers with good certificates and bad ones."""

import asyncio
import ssl
from pathlib import Path

import pytest

from contracts.drive.receiver import Receiver
from mock_server.egress.answer import Answer
from mock_server.egress.egress import Egress, EgressError
from mock_server.egress.routes import read_route
from mock_server.entrance.authority import Authority, Certificate

pytestmark = [pytest.mark.anyio, pytest.mark.uncounted]

URL = "https://hooks.example.com/evolink"


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ("expired", "certificate has expired"),
        ("wrong-host", "Hostname mismatch, certificate is not valid for 'hooks.example.com'"),
        ("unknown-ca", "unable to get local issuer certificate"),
    ],
)
async def test_a_bad_certificate_is_refused(certificate: Certificate, reason: str) -> None:
    """A certificate must be of this time, of the original host and of a known CA; else nothing is sent."""
    with Receiver(certificate=certificate) as receiver:
        egress = Egress(dict([read_route(receiver.route)]), ca_file=receiver.ca_file)
        with pytest.raises(EgressError) as caught:
            await egress.post(URL, b"{}", {})
        assert str(caught.value) == f"the certificate is not trusted: {reason}"
        assert receiver.received == ()


async def test_a_ca_must_be_given_to_be_trusted() -> None:
    """The certificate that is good with its CA file is nothing without."""
    with Receiver() as receiver:
        route = read_route(receiver.route)
        with pytest.raises(EgressError, match="not trusted"):
            await Egress(dict([route])).post(URL, b"{}", {})
        assert await Egress(dict([route]), ca_file=receiver.ca_file).post(URL, b"{}", {}) == Answer(200, 0)


async def test_a_comment_beside_a_certificate_may_be_in_any_language(tmp_path: Path) -> None:
    """Bundles say whose certificates they hold."""
    with Receiver() as receiver:
        bundle = tmp_path / "bundle.pem"
        bundle.write_text(f"# Zertifizierungsstelle Köln\n{receiver.ca_file.read_text()}", "utf-8")
        egress = Egress(dict([read_route(receiver.route)]), ca_file=bundle)
        assert (await egress.post(URL, b"{}", {})).status == 200


async def test_an_address_has_a_certificate_too() -> None:
    """Where the URL has an address, the certificate must be for that."""
    with Receiver(host="93.184.215.14") as receiver:
        egress = Egress(dict([read_route(receiver.route)]), ca_file=receiver.ca_file)
        assert (await egress.post("https://93.184.215.14/evolink", b"{}", {})).status == 200


async def test_plain_http_where_tls_is_expected() -> None:
    """A server that does not speak TLS is told from one that is not trusted."""
    with Receiver(tls=False) as receiver:
        egress = Egress(dict([read_route(receiver.route.replace("=http:", "=https:"))]))
        with pytest.raises(EgressError, match=r"^the TLS connection failed: [a-z0-9 ]+$"):
            await egress.post(URL, b"{}", {})
        assert len(receiver.failures) == 1


async def test_the_name_asked_for_is_the_original(tmp_path: Path) -> None:
    """The server of a route is asked for the URL's host, and for HTTP/1.1."""
    asked: list[str | None] = []
    context = Authority(tmp_path / "ca.pem", "hooks.example.com").context()
    context.set_alpn_protocols(["h2", "http/1.1"])

    def note(_: ssl.SSLObject, name: str | None, __: ssl.SSLContext) -> None:
        asked.append(name)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"{}")
        asked.append(writer.get_extra_info("ssl_object").selected_alpn_protocol())
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    context.sni_callback = note
    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        route = f"https://hooks.example.com=https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        egress = Egress(dict([read_route(route)]), ca_file=tmp_path / "ca.pem")
        assert (await egress.post(URL, b"{}", {})).status == 204
    assert asked == ["hooks.example.com", "http/1.1"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory"),
        ("", "it holds no certificates"),
        ("not a certificate", "it holds no certificates"),
    ],
)
async def test_a_ca_file_that_cannot_be_used_is_refused_at_once(
    tmp_path: Path, content: str | None, reason: str
) -> None:
    """It is refused when the way out is made, not when the first callback is due."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(EgressError) as caught:
        Egress({}, ca_file=path)
    assert str(caught.value) == f"the CA file {path} cannot be used: {reason}"


async def test_certificates_are_read_when_they_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who never speaks TLS never waits for the system's certificates."""
    monkeypatch.setattr("mock_server.egress.egress.trusting", None)
    with Receiver(tls=False) as receiver:
        egress = Egress(dict([read_route(receiver.route)]))
        assert (await egress.post(URL, b"{}", {})).status == 200
