"""What an end of a tunnel does when things happen to it that a network rarely does at the wrong moment."""

import asyncio
from typing import Any
from unittest.mock import Mock, call

import pytest

from mock_server.core.http.urls import Origin
from mock_server.proxy.heads import Wanted
from mock_server.proxy.proxy import Client, Proxy
from mock_server.proxy.tunnel import End
from mock_server.proxy.ways import Ways

pytestmark = pytest.mark.anyio


def opened(end: End, *, closing: bool = False) -> Any:
    """Let an end have a connection, and return what it writes to."""
    transport = Mock(spec=asyncio.Transport)
    transport.is_closing.return_value = closing
    end.connection_made(transport)
    return transport


async def test_who_speaks_first() -> None:
    """What comes before the two are joined goes on afterwards, its end included."""
    near, far = End(), End()
    out, _ = opened(near), opened(far)
    far.data_received(b"hel")
    far.data_received(b"lo")
    assert far.eof_received()
    assert out.mock_calls == []
    near.join(far)
    assert [each for each in out.mock_calls if each != call.is_closing()] == [call.write(b"hello"), call.write_eof()]


async def test_when_both_have_said_all() -> None:
    """Both connections are closed."""
    near, far = End(), End()
    transports = opened(near), opened(far)
    near.join(far)
    near.eof_received()
    assert not any(each.close.called for each in transports)
    far.eof_received()
    assert all(each.close.called for each in transports)


@pytest.mark.parametrize("joined", [True, False])
async def test_the_other_end_is_gone(joined: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Nothing is asked of it any more."""
    near, far = End(), End()
    opened(near)
    gone = opened(far, closing=True)
    if joined:
        near.join(far)
        near.eof_received()
    near.pause_writing()
    near.resume_writing()
    near.connection_lost(None)
    assert {str(each) for each in gone.mock_calls} <= {"call.is_closing()"}


async def test_an_end_that_cannot_take_more() -> None:
    """The other is not read from, until it can."""
    near, far = End(), End()
    opened(near)
    other = opened(far)
    near.join(far)
    near.pause_writing()
    assert other.pause_reading.called
    assert not other.resume_reading.called
    near.resume_writing()
    assert other.resume_reading.called


@pytest.mark.parametrize("gone", ["near", "far"])
async def test_an_end_that_is_lost_while_the_other_is_connected_to(gone: str) -> None:
    """Both are hung up on."""
    near, far = Client(Proxy(Ways({}))), End()
    transports = opened(near, closing=gone == "near"), opened(far, closing=gone == "far")
    near._open(Wanted(Origin("https", "api.evolink.ai", 443), b"", b"HTTP/1.1 200 OK\r\n\r\n"), far)
    assert all(each.abort.called and not each.write.called for each in transports)
    near.connection_lost(None)


async def test_a_client_that_is_gone_when_it_is_refused() -> None:
    """Nothing is written to it."""
    client = Client(Proxy(Ways({})))
    transport = opened(client, closing=True)
    client.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not transport.write.called
    client.connection_lost(None)


async def test_what_comes_after_a_refusal() -> None:
    """It goes nowhere, and takes no room."""
    client = Client(Proxy(Ways({})))
    opened(client)
    client.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    client.data_received(bytes(65_536))
    assert client._early == b""
    client.connection_lost(None)
