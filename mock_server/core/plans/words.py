"""The short form: plans as words, for a header, a prompt, a command line, or a line of a list.

    answer 503 retry-after=2 on=create nth=2-3
    fail=content_policy_violation at=60% callback=twice
    delay 2s; disconnect in-body reset

A text is made of groups with `;` between them, and a group of words. A word is a name, a value, or `name=value`; its
value can be a JSON value without blanks outside of its quotation marks.

- The name of a kind begins a plan, and so does `fail` (a task that ends as failed), `cancel` (as cancelled) and `stall`
  (a disconnect that keeps silent). The values of the kind's leading fields follow it, `disconnect in-body reset`, the
  first also after a sign: `fail=service_error`. A fault takes its number after a colon: `callback=late:30`.
- Any other word says a field, `-` standing for `_`. It belongs to the last plan before it in its group that has the
  field, or else to the first after it. The name alone says that something is true.
- `on` is the operation, and `task`, `account`, `nth`, `each`, `after`, `before` and `chance` are the rest of the match.
  Members of an object are said one by one: `fields.prompt=cat`, `headers.x-trace=1`, `set.usage.cost=null`.
- A list is written with commas, `on=create,query`, or as JSON.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from mock_server.core.plans.composites import Members
from mock_server.core.plans.form import Misfit, nearest, shown
from mock_server.core.plans.forms import Flag
from mock_server.core.plans.kinds import KINDS, Field, Plan, Plans, fields_of
from mock_server.core.plans.match import Match
from mock_server.core.plans.plan import BasePlan

_TOKEN: Final = re.compile(r';|(?:"(?:[^"\\]|\\.)*"|[^\s;"])+|"', re.DOTALL)
_NAMED: Final = re.compile(r"([a-z][a-z0-9_-]*)(?:\.([^=]+))?=(.*)", re.DOTALL)
_NUMBERED: Final = re.compile(r"([a-z0-9-]+):(.*)", re.DOTALL)
_NUMBER: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_SHOWN: Final = 60


class WordError(ValueError):
    """A text is no plan in the short form. The message quotes the word, and says what could stand there."""


class Head(msgspec.Struct, frozen=True):
    """What a word that begins a plan begins: the kind, what it says already, and the fields whose values follow it."""

    kind: type[BasePlan]
    says: Mapping[str, str] = {}
    leading: tuple[str, ...] = ()


HEADS: Final[Mapping[str, Head]] = {
    **{name: Head(kind, {}, kind.leading) for name, kind in KINDS.items()},
    "fail": Head(KINDS["task"], {"outcome": "failed"}, ("code",)),
    "cancel": Head(KINDS["task"], {"outcome": "cancelled"}),
    "stall": Head(KINDS["disconnect"], {"how": "silence"}, ("at",)),
}
"""The words that begin a plan."""

_RENAMED: Final = {"on": "operation"}
_UNSAID: Final = ("match", "operation")


class Word(msgspec.Struct, frozen=True):
    """A word as it was written; the field that it names, the member of it, and the value, as far as it says them."""

    text: str
    name: str
    member: str | None
    value: str | None


class _Draft:
    """A plan of which the words have not all been read."""

    def __init__(self, word: Word, head: Head) -> None:
        self.word = word
        self.kind = head.kind
        self._leading = list(head.leading)
        self._values: dict[str, Any] = dict(head.says)
        self._match: dict[str, Any] = {}
        if word.value is not None:
            self.follow(word, word.value)

    @property
    def complete(self) -> bool:
        """Whether no value follows any more."""
        return not self._leading

    def follow(self, word: Word, value: str) -> None:
        """Take the value of the next leading field."""
        name = self._leading.pop(0)
        numbered = _NUMBERED.fullmatch(value) if name == "fault" else None
        if numbered is None:
            self._put(self._values, fields_of(self.kind)[name], word, value)
            return
        self._put(self._values, fields_of(self.kind)[name], word, numbered[1])
        if not _NUMBER.fullmatch(numbered[2]):
            raise WordError(f"{_cut(word.text)}; {self.kind.faults[numbered[1]].refuse(numbered[1], -1)}")
        if "number" in self._values:
            raise WordError("number more than once")
        self._values["number"] = float(numbered[2])

    def say(self, word: Word, field: Field) -> None:
        """Take the value of a field."""
        own = field.name in fields_of(self.kind)
        self._put(self._values if own else self._match, field, word, word.value)

    def finish(self) -> Plan:
        """Return the plan."""
        missing = next((field for field in fields_of(self.kind).values() if self._lacks(field)), None)
        if missing is not None:
            raise WordError(f"{_cut(self.word.text)}; {missing.name} is missing; {missing.form.rule}")
        plan: Any = self.kind(match=Match(**self._match), **self._values)
        broken = plan.broken()
        if broken is not None:
            raise WordError(f"{_cut(self.word.text)}; {broken}")
        return plan  # type: ignore[no-any-return] # of one of the kinds

    def _lacks(self, field: Field) -> bool:
        return field.required and field.name not in self._values

    def _put(self, values: dict[str, Any], field: Field, word: Word, text: str | None) -> None:
        value = _read_word(field, word, text)
        said = values.get(field.name, {})
        if field.name in values and (not word.member or value.keys() & said.keys()):
            raise WordError(f"{_cut(word.text.partition('=')[0])} more than once")
        values[field.name] = {**said, **value} if word.member else value


def find_field(kind: type[BasePlan], word: Word) -> Field | None:
    """Return the field that a word names, if plans of a kind have it."""
    if word.name in _UNSAID:
        return None
    name = _RENAMED.get(word.name, word.name.replace("-", "_"))
    field = fields_of(kind).get(name) or fields_of(Match).get(name)
    return None if field is None or (word.member and not field.form.spread) else field


def read_words(text: str) -> Plans:
    """Read plans in the short form; `read_plans` reads it too, and checks the names of operations besides.

    Raises:
        WordError: There is a word that cannot be understood, or does not belong where it is.
    """
    groups: list[list[Word]] = [[]]
    for piece in _TOKEN.findall(text):
        if piece == ";":
            groups.append([])
        elif piece == '"':
            raise WordError("a quotation mark that is not closed")
        else:
            groups[-1].append(_split(piece))
    return tuple(plan for group in groups for plan in _read_group(group))


def _split(text: str) -> Word:
    named = _NAMED.fullmatch(text)
    return Word(text, text, None, None) if named is None else Word(text, named[1], named[2], named[3])


def _read_group(words: Iterable[Word]) -> Plans:
    drafts: list[_Draft] = []
    rest: list[tuple[int, Word]] = []
    for word in words:
        head = HEADS.get(word.name)
        if head is not None and (word.value is None or (head.leading and not word.member)):
            drafts.append(_Draft(word, head))
        else:
            rest.append((len(drafts), word))
    for position, word in rest:
        if word.value is None:
            _say_alone(drafts, position, word)
        else:
            _say(drafts, position, word)
    return tuple(draft.finish() for draft in drafts)


def _say(drafts: list[_Draft], position: int, word: Word) -> None:
    """Give a word to the last plan before it that has its field, or else to the first after it."""
    for draft in (*reversed(drafts[:position]), *drafts[position:]):
        field = find_field(draft.kind, word)
        if field is not None:
            draft.say(word, field)
            return
    raise WordError(_unknown(word, drafts))


def _say_alone(drafts: list[_Draft], position: int, word: Word) -> None:
    """Give a word without a sign to the plan before it: as something that is true, or as the value that follows."""
    for draft in reversed(drafts[:position]):
        field = find_field(draft.kind, word)
        if field is not None and isinstance(field.form, Flag):
            draft.say(word, field)
            return
    if position == 0 or drafts[position - 1].complete:
        raise WordError(_unknown(word, drafts))
    drafts[position - 1].follow(word, word.text)


def _read_word(field: Field, word: Word, text: str | None) -> Any:
    if text is None:
        return True
    try:
        if word.member and isinstance(field.form, Members):
            return field.form.read_member(word.member, text)
        return field.form.read_word(text)
    except Misfit as misfit:
        hint = f"did you mean {misfit.near}?" if misfit.near else field.form.rule
        raise WordError(f"{_cut(word.text)}; {hint}") from None


def _unknown(word: Word, drafts: list[_Draft]) -> str:
    """Say of a word that nothing here has it, and what could be meant."""
    if word.name in HEADS and word.value is not None:
        return f"{_cut(word.text)}; {word.name} takes no value"
    takers = [name for name, kind in KINDS.items() if find_field(kind, word) is not None]
    if word.value is None and takers:
        return f"{_cut(word.text)} without a value"
    if takers:
        which = f" that takes it ({', '.join(takers)})" if len(takers) < len(KINDS) else ""
        return f"{_cut(word.text)} without a plan{which}"
    fields = {name for draft in drafts for name in fields_of(draft.kind)} | set(fields_of(Match)) | set(_RENAMED)
    known = (*HEADS, *sorted(name.replace("_", "-") for name in fields - set(_UNSAID)))
    near = nearest(word.text.partition("=")[0], known)
    return f"{shown(word.text)}; " + (f"did you mean {near}?" if near else f"known are {', '.join(HEADS)}")


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
