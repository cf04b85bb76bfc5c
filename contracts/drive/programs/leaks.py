"""Secrets in what a program leaves behind: what it printed, and the files that it wrote.

Keys and prompts are made up for each run, so whatever holds one has it from the program, in whatever form.
"""

import base64
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import quote, quote_plus

from contracts.recording.process import Leak, Place, Secret

SEARCHED_BYTES: Final = 64 * 1024**2
"""How much of a file is searched, from its beginning."""

SEARCHED_FILES: Final = 10_000
"""How many files are searched at most."""

TOLD: Final = 20
"""How many places of one secret are told at most: one does not get better by the hundredth."""

_COARSE_SECONDS: Final = 2.0
"""How far the time of a file may lag behind the clock: file systems know no finer one."""

_SHORTEST: Final = 8
"""The shortest secret that is looked for: what is shorter stands somewhere by chance."""


class Search:
    """Looks for secrets, each in the forms that programs write texts in.

    Args:
        secrets: What is looked for. What is shorter than eight characters is not.

    A text is found as it is, with the escapes of JSON and of URLs, in base64 (also within a longer text, as in Basic
    authorization), and in hexadecimal digits.
    """

    def __init__(self, secrets: Mapping[Secret, str]) -> None:
        self._forms = {
            name: {form: written for form, written in _forms(secret) if written}
            for name, secret in secrets.items()
            if len(secret) >= _SHORTEST
        }
        self._patterns = {
            name: re.compile(b"|".join(re.escape(each) for written in forms.values() for each in written))
            for name, forms in self._forms.items()
        }

    def printed(self, place: Place, data: bytes, *, path: str = "") -> Iterator[Leak]:
        """Find secrets in what was printed or written."""
        for name, pattern in self._patterns.items():
            for found in islice(_first_of_lines(pattern, data), TOLD):
                form = self._form(name, found[0])
                yield Leak(what=name, place=place, form=form, path=path, line=data.count(b"\n", 0, found.start()) + 1)

    def written(self, directory: Path, *, since: float) -> Iterator[Leak]:
        """Find secrets in the files below a directory that were written since a time, in seconds since the epoch.

        What cannot be read is passed over, and links are not followed.
        """
        for path in islice(_files(directory, since), SEARCHED_FILES):
            name = os.fsencode(path.relative_to(directory))
            masked = os.fsdecode(self._mask(name))
            for leak in self.printed("name", name.replace(b"\n", b" "), path=masked):
                yield Leak(what=leak.what, place="name", form=leak.form, path=masked)
            yield from self.printed("file", _read(path), path=masked)

    def _form(self, name: Secret, found: bytes) -> str:
        return next(form for form, written in self._forms[name].items() if found in written)

    def _mask(self, name: bytes) -> bytes:
        for secret, pattern in self._patterns.items():
            name = pattern.sub(f"({secret})".encode(), name)
        return name


def _forms(secret: str) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    """Yield the forms of a secret, the plainest first."""
    plain = secret.encode()
    yield "plain", (plain,)
    yield "JSON", tuple(_others(plain, (json.dumps(secret, ensure_ascii=escaped)[1:-1] for escaped in (True, False))))
    percent = [quote(secret, safe=""), quote(secret), quote_plus(secret)]
    yield "URL encoding", tuple(_others(plain, (*percent, *(re.sub("%..", _small, each) for each in percent))))
    yield "base64", tuple(dict.fromkeys(_base64(plain)))
    yield "hexadecimal", (plain.hex().encode(), plain.hex().upper().encode())


def _others(plain: bytes, texts: Iterable[str]) -> Iterator[bytes]:
    """Return what is not as the plain text."""
    return (each for each in dict.fromkeys(text.encode() for text in texts) if each != plain)


def _small(found: re.Match[str]) -> str:
    return found[0].lower()


def _base64(plain: bytes) -> Iterator[bytes]:
    """Yield what all base64 of texts with this one in them has in common, for each of the three places in a group."""
    for before in range(3):
        digits = base64.b64encode(bytes(before) + plain)
        first, last = -(-before * 8 // 6), (before + len(plain)) * 8 // 6
        yield digits[first:last]
        yield digits[first:last].translate(bytes.maketrans(b"+/", b"-_"))


def _first_of_lines(pattern: re.Pattern[bytes], data: bytes) -> Iterator[re.Match[bytes]]:
    """Find the first place in each line."""
    place = 0
    while (found := pattern.search(data, place)) is not None:
        yield found
        end = data.find(b"\n", found.end())
        place = len(data) if end < 0 else end + 1


def _files(directory: Path, since: float) -> Iterator[Path]:
    for folder, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if _was_written(path, since):
                yield path


def _was_written(path: Path, since: float) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since - _COARSE_SECONDS
    except OSError:
        return False


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SEARCHED_BYTES)
    except OSError:
        return b""
