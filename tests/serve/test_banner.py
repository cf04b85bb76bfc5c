import pytest

from mock_server.links import videos
from mock_server.links.videos import PACKAGED
from mock_server.media.studio import MISSING
from mock_server.serving.banner import KEY, banner, create_line
from mock_server.settings import Settings

URL = "http://127.0.0.1:8765"


@pytest.mark.parametrize(
    ("speed", "told"),
    [
        (0, "frozen; POST /_mock/clock moves it"),
        (1, "real"),
        (20, "20 times as fast as real: a generation of 120 s takes 6 s; --speed 1 is real time"),
        (0.5, "0.5 times as fast as real: a generation of 120 s takes 240 s; --speed 1 is real time"),
    ],
)
def test_the_banner_says_how_time_runs(speed: float, told: str) -> None:
    """It says how long a generation takes, and how to have real time."""
    assert f"  time       {told}\n" in banner(Settings(speed=speed), URL, URL)


def test_the_banner_shows_what_a_person_needs() -> None:
    """Address, a key, credits, where the state is, and the two lines to paste."""
    text = banner(Settings(state="mock.db", credits=12.5), URL, URL)
    assert f"  address    {URL}\n" in text
    assert f"  key        {KEY} " in text
    assert "  credits    12.5 for each new account\n" in text
    assert "  state      mock.db\n" in text
    assert f"\n  {create_line(URL)}\n" in text
    assert f"\n  curl {URL}/v1/tasks/TASK_ID -H 'Authorization: Bearer {KEY}'\n" in text


@pytest.mark.parametrize(
    ("control", "told"),
    [
        (URL, f"{URL}/_mock/ (described at /_mock/openapi.json)"),
        ("http://[::1]:9", "http://[::1]:9/_mock/ (described at /_mock/openapi.json)"),
        (None, "off; --control switches it on"),
    ],
)
def test_the_banner_says_where_the_control_api_is(control: str | None, told: str) -> None:
    """It may have a port of its own, or be switched off."""
    assert f"  control    {told}\n" in banner(Settings(), URL, control)


def test_the_banner_says_where_the_dashboard_is() -> None:
    """It is where the control API is, and nowhere without it."""
    assert f"  dashboard  {URL}/_mock/ (open it in a browser: " in banner(Settings(), URL, URL)
    assert "  dashboard " not in banner(Settings(), URL, None)


def test_a_clock_that_nothing_can_move() -> None:
    """Without the control API a frozen clock stays frozen, and the banner does not say otherwise."""
    assert "  time       frozen, and without control it stays so\n" in banner(
        Settings(speed=0, control=False), URL, None
    )


def test_without_a_state_file_the_banner_says_how_to_keep_the_state() -> None:
    """A person who wants to keep the tasks is told the option."""
    assert "  state      in memory; --state FILE keeps it\n" in banner(Settings(), URL, URL)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings(), "nowhere; --callback-route https://hooks.example.com=http://127.0.0.1:3000 sends them to a port"),
        (Settings(callback_routes=("https://a.test=http://b.test:1",)), "https://a.test to http://b.test:1\n"),
        (Settings(egress="public"), "public addresses\n"),
        (
            Settings(egress="public", callback_routes=("https://a.test=http://b.test", "https://c.test=http://d.test")),
            "https://a.test to http://b.test, https://c.test to http://d.test, public addresses\n",
        ),
    ],
    ids=["nowhere", "a route", "public", "all"],
)
def test_the_banner_says_where_callbacks_go(settings: Settings, told: str) -> None:
    """Each route is a grant that a person sees; without one the banner says how to have one."""
    assert f"  callbacks  {told}" in banner(settings, URL, URL)


def test_the_banner_says_where_links_lead_if_that_was_set() -> None:
    """Otherwise they lead to where the client reached us, which needs no words."""
    assert "  links      begin with https://a.test\n" in banner(Settings(public_url="https://a.test"), URL, URL)
    assert "  links " not in banner(Settings(), URL, URL)


def test_the_banner_says_why_no_videos_are_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was set so, or the extra is missing, and then how to install it; once, and not in an answer's header alone."""
    assert "  videos " not in banner(Settings(), URL, URL)
    assert f"  videos     {PACKAGED}\n" in banner(Settings(videos="packaged"), URL, URL)
    monkeypatch.setattr(videos, "available", lambda: False)
    assert f"  videos     {MISSING}\n" in banner(Settings(), URL, URL)
