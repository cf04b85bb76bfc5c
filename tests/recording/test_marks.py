"""What a journal shows in the place of secrets."""

import pytest

from contracts.recording.marks import is_comparable, is_redacted, length_of


@pytest.mark.parametrize(
    ("text", "redacted", "length"),
    [
        ("A cat", False, 5),
        ("", False, 0),
        ("(redacted: 1501 characters)", True, 1501),
        ("(redacted: 1 character)", True, 1),
        ("(redacted: 12 characters, 1a2b3c4d)", True, 12),
        ("(redacted)", True, None),
        ("(redacted, 1a2b3c4d)", True, None),
        ("before (redacted: 7 characters) after", True, None),
        ("redacted", False, 8),
    ],
)
def test_marks(text: str, *, redacted: bool, length: int | None) -> None:
    """Marks are told from texts, and a prompt's length is known although the prompt is not."""
    assert is_redacted(text) is redacted
    assert length_of(text) == length


@pytest.mark.parametrize(
    ("text", "comparable"),
    [
        ("A cat", True),
        ('{"prompt": "(redacted: 12 characters, 1a2b3c4d)"}', True),
        ('{"prompt": "(redacted: 12 characters)"}', False),
        ('{"prompt": "(redacted: 12 characters, 1a2b3c4d)", "size": "(redacted)"}', False),
        ("(redacted, 1a2b3c4d)", False),
    ],
)
def test_texts_that_can_be_compared(text: str, *, comparable: bool) -> None:
    """Texts whose marks are equal only if what they stand for was."""
    assert is_comparable(text) is comparable
