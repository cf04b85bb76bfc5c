"""What programs say came of it, in lines of JSON among whatever else they print."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.recording import Reported
from contracts.recording.intake import RecordingError
from contracts.recording.outcomes import OutcomeError, load_outcomes, make_outcome, read_outcomes

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
PRINTED = f"""\
polling ... {{"outcome": "failed"}}
{{"level": "info", "message": "created"}}
{{"level": "info", "event": {{"outcome": "failed"}}}}
{{not JSON, and no outcome}}
  {{"outcome": "completed", "task": "task-1", "path": "a.mp4", "sha256": "{DIGEST}", "at": 1.5, "error": null}}\r
["outcome"]
{{"outcome": "error", "error": "OutOfCredits", "message": "402", "wanted": {{"duration": 5}}, "facts": {{"budget": 3}}}}
"""


def test_outcomes_among_other_lines() -> None:
    """Each outcome is read, in order; other lines are left alone, and what has no value is left out."""
    assert read_outcomes(PRINTED) == (
        Reported(outcome="completed", task="task-1", path="a.mp4", sha256=DIGEST, at=1.5),
        Reported(outcome="error", error="OutOfCredits", message="402", wanted={"duration": 5}, facts={"budget": 3}),
    )


@given(st.text(st.characters(exclude_characters="{")))
def test_other_lines_say_nothing(text: str) -> None:
    """Whatever is printed besides is no outcome, and no error."""
    assert read_outcomes(text) == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('{"outcome": "completed"', """an outcome must be JSON on one line, not '{"outcome": "completed"'"""),
        ('{"outcome": null}', "outcome is missing; it must be one of completed, failed, timeout, error"),
        ('{"outcome": "done"}', "outcome must be one of completed, failed, timeout, error, not 'done'"),
        ('{"outcome": ["failed"]}', "outcome must be one of completed, failed, timeout, error, not ['failed']"),
        ('{"outcome": "failed", "tsak": "a"}', "there is no field 'tsak'; did you mean task?"),
        ('{"outcome": "failed", "credits": 3}', "there is no field 'credits'; what else there is to say stands within"),
        ('{"outcome": "failed", "task": 7}', "task must be a text, not 7"),
        ('{"outcome": "failed", "at": "noon"}', "at must be a number of seconds since the epoch, not 'noon'"),
        ('{"outcome": "failed", "at": true}', "at must be a number of seconds since the epoch, not True"),
        ('{"outcome": "failed", "wanted": []}', "wanted must be an object, not []"),
        ('{"outcome": "failed", "facts": "none"}', "facts must be an object, not 'none'"),
        ('{"outcome": "completed", "sha256": "abc"}', "sha256 must be 64 hexadecimal digits, not 'abc'"),
        (f'{{"outcome": "completed", "sha256": "{"g" * 64}"}}', "sha256 must be 64 hexadecimal digits"),
        (
            '{"outcome": "failed", "facts": {"charged_credits": -1}}',
            "facts.charged_credits must be a number, 0 or more, not -1",
        ),
        ('{"outcome": "failed", "facts": {"budget": "3"}}', "facts.budget must be a number, 0 or more, not '3'"),
    ],
)
def test_what_is_meant_as_an_outcome_and_is_none(line: str, told: str) -> None:
    """One sentence names the line, the field, the value and the rule."""
    with pytest.raises(OutcomeError) as raised:
        read_outcomes(f"hello\n{line}\n")
    assert str(raised.value).startswith(f"line 2: {told}")


def test_deep_nonsense() -> None:
    """What no reader can take is refused like what is no JSON."""
    with pytest.raises(OutcomeError, match="line 1: an outcome must be JSON"):
        read_outcomes('{"outcome": ' + "[" * 100_000)


def test_an_outcome_of_its_fields() -> None:
    """The same holds where no line is read."""
    assert make_outcome({"outcome": "timeout", "facts": {"budget": None}}).facts == {"budget": None}
    with pytest.raises(OutcomeError, match=r"^there is no field 'at_'; did you mean at\?"):
        make_outcome({"outcome": "timeout", "at_": 1})


def test_files(tmp_path: Path) -> None:
    """A file is named in what is wrong with it; bytes that are no text are no outcome."""
    printed = tmp_path / "printed.txt"
    printed.write_bytes(b'\xff\xfe\n{"outcome": "failed"}\n')
    assert load_outcomes(printed) == (Reported(outcome="failed"),)
    printed.write_text('{"outcome": 1}')
    with pytest.raises(RecordingError, match=r"printed\.txt: line 1: outcome must be one of"):
        load_outcomes(printed)
    with pytest.raises(RecordingError, match=r"nowhere\.txt cannot be read: No such file"):
        load_outcomes(tmp_path / "nowhere.txt")
