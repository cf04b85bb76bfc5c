"""How the client of my_client.py is tested: `pytest examples/test_my_client.py`, without a network, in no time."""

from itertools import pairwise

import pytest
from my_client import GenerationFailed, LinkExpired, OutOfCredits, Videos
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contracts import Evolink

WISH = "character1 dances on a roof at dusk", "https://example.com/dancer.mp4"


@pytest.fixture
def videos(evolink: Evolink) -> Videos:
    """The client under test, as it is."""
    return Videos(evolink.key)


def test_makes_a_video_and_pays_once(videos: Videos, evolink: Evolink) -> None:
    """It asks less and less often; its pauses take no time here."""
    assert b"ftyp" in videos.download(videos.make(*WISH))[:12]
    asked = [entry.at for entry in evolink.journal if entry.operation == "getTaskDetail"]
    assert [later - earlier for earlier, later in pairwise(asked)][:3] == pytest.approx([2, 3, 4.5])
    evolink.assert_one_charge()
    evolink.assert_spent(at_most=24)


@pytest.mark.evolink(credits=3)
def test_gives_up_without_credits(videos: Videos, evolink: Evolink) -> None:
    """402 is no reason to ask again."""
    with pytest.raises(OutOfCredits):
        videos.make(*WISH)
    assert len(evolink.journal) == 1


@pytest.mark.evolink(plans=["fail=content_policy_violation at=60%"])
def test_tells_that_a_video_was_moderated(videos: Videos, evolink: Evolink) -> None:
    """A task that fails costs nothing."""
    with pytest.raises(GenerationFailed, match="content_policy_violation"):
        videos.make(*WISH)
    assert evolink.credits_spent == 0


def test_pays_once_when_an_answer_is_lost(videos: Videos, evolink: Evolink) -> None:
    """The task was created, but the client cannot know, and sends its request again."""
    evolink.plan("lost-response")
    videos.make(*WISH)
    evolink.assert_one_charge()


def test_a_callback_comes_again_until_it_is_taken(videos: Videos, evolink: Evolink) -> None:
    """After one second, and then after two."""
    statuses = iter([503, 500, 200])

    async def receive(_: Request) -> Response:
        return Response(status_code=next(statuses))

    evolink.deliver_to(Starlette(routes=[Route("/done", receive, methods=["POST"])]), host="hooks.example.com")
    evolink.clock.until(videos.create(*WISH, callback_url="https://hooks.example.com/done"))
    evolink.clock.advance("1h")
    assert [attempt.status for attempt in evolink.callbacks[0].attempts] == [503, 500, 200]


def test_tells_that_a_link_has_expired(videos: Videos, evolink: Evolink) -> None:
    """It works for a day."""
    link = videos.make(*WISH)
    evolink.clock.advance("24h")
    with pytest.raises(LinkExpired):
        videos.download(link)
