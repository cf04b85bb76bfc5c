"""What a test may ask for: the keywords of `@pytest.mark.evolink(...)`, as data."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Final, cast

import msgspec
from msgspec import Meta

from contracts.drive.reach import Reach
from contracts.verdict import Strictness
from mock_server.assembly import load_catalogue, read_server_plans
from mock_server.client.given import GivenPlans, plain_plans
from mock_server.core.plans.plan import BasePlan
from mock_server.core.plans.words import HEADS
from mock_server.reading import read
from mock_server.settings import Media, Settings, Text, Videos
from openapi.clauses import load_clauses
from openapi.operations import Operations
from openapi.page_clauses import find_clause

_RULE: Final = re.compile(r"[A-Z][0-9]{1,2}")
"""What the ids of the judge's rules are like, and those of clauses are not."""


class OptionError(ValueError):
    """A test asks for something that there is not. The message names it, and what is near to it."""


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a test asks for.

    `scenario` is a ready scenario, and `plans` come after its plans. `pages` are files and folders of pages of models
    that are served besides. `credits` is what an account opens with; `slots`
    is how many tasks run at once, and `requests_per_minute` what an account may send; no limit if left out. `media` and
    `videos` are settings of the same names. `base_urls` lead to the simulator beside the API's own. `sleeps` says
    whether the client's own sleeps move the clock, and `strict` whether a request that breaks a clause fails the test.
    `judge` is the least binding rules of the judge whose findings fail the test; none is asked if it is left out.
    `allow` names clauses that may be broken, by their ids, and services that may be reached, by their URLs; as an
    object it says why, and then it may name rules of the judge, too.
    """

    scenario: Text | None = None
    plans: tuple[Text | dict[str, Any], ...] = ()
    pages: tuple[Text, ...] = ()
    credits: Annotated[float, Meta(ge=0, le=1e9)] = 1_000.0
    seed: str = "1"
    slots: Annotated[int, Meta(ge=0)] | None = None
    requests_per_minute: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    media: Media = "lenient"
    videos: Videos = "packaged"
    base_urls: tuple[Text, ...] = ()
    sleeps: bool = True
    strict: bool = True
    judge: Strictness | None = None
    allow: tuple[Text, ...] | dict[Text, Text] = ()

    @property
    def planned(self) -> bool:
        """Whether something is to go wrong from the beginning."""
        return bool(self.scenario or self.plans)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The clauses that may be broken."""
        return tuple(allowed for allowed in self.allow if not _is_url(allowed) and not _is_rule(allowed))

    @property
    def rules(self) -> Mapping[str, str]:
        """The rules of the judge that may be broken, each with the reason."""
        if not isinstance(self.allow, dict):
            return {}
        return {allowed: reason for allowed, reason in self.allow.items() if _is_rule(allowed)}

    @property
    def services(self) -> tuple[str, ...]:
        """The services that may be reached; to others nothing is sent."""
        return tuple(allowed for allowed in self.allow if _is_url(allowed))

    @property
    def settings(self) -> Settings:
        """The settings of the simulator that the test gets."""
        return Settings(
            speed=0.0,
            credits=self.credits,
            seed=self.seed,
            slots=self.slots,
            requests_per_minute=self.requests_per_minute,
            scenarios=() if self.scenario is None else (self.scenario,),
            plans=self.plans,
            pages=self.pages,
            media=self.media,
            videos=self.videos,
        )


PLAIN: Final = Options()
"""What a test gets that asks for nothing."""


def read_options(marks: Iterable[tuple[tuple[Any, ...], Mapping[str, Any]]], *planned_here: GivenPlans) -> Options:
    """Read marks, the nearest first, and what a parameter of the test plans beside them.

    Raises:
        OptionError: A keyword is unknown or has a value that it cannot have, or something is not said by keyword.
    """
    given: dict[str, Any] = {}
    for places, keywords in marks:
        if places:
            raise OptionError(f"say what you want by keyword, such as scenario={places[0]!r}")
        given = {**keywords, **given}
    for plans in planned_here:
        given |= planned(plans)
    return _read(given) if given else PLAIN


def _is_scenario(text: str) -> bool:
    """Tell whether a text names a scenario rather than being a plan in words: it is one word that begins no plan."""
    return text not in HEADS and all(part.isalnum() for part in text.split("-"))


def planned(given: GivenPlans) -> dict[str, Any]:
    """Return plans, or a scenario by its name, as the control API and the marker take them."""
    if isinstance(given, str) and _is_scenario(given):
        return {"scenario": given}
    return {"plans": given}


def _read(given: Mapping[str, Any]) -> Options:
    listed = {"plans": _listed(given["plans"])} if "plans" in given else {}
    if isinstance(given.get("pages"), str | Path):
        listed["pages"] = [str(given["pages"])]
    elif isinstance(given.get("pages"), list | tuple):
        listed["pages"] = [str(page) for page in given["pages"]]
    try:
        options = read({**given, **listed}, Options)
        operations = load_catalogue(options.settings).operations
        read_server_plans(options.settings, (), operations)
        Reach(base_urls=options.base_urls, allow=options.services)
    except ValueError as error:
        raise OptionError(str(error).replace("scenarios: ", "scenario: ", 1)) from error
    for clause in options.clauses:
        _check_clause(clause, operations)
    _check_rules(options)
    return options


def _listed(plans: Any) -> Any:
    """Return plans as a list of what the API takes; something else is left for its reader to refuse."""
    plain: Any = plain_plans(cast("GivenPlans", plans)) if isinstance(plans, str | BasePlan | Iterable) else plans
    return [plain] if isinstance(plain, str | Mapping) else plain


def _is_url(text: str) -> bool:
    return "://" in text


def _is_rule(name: str) -> bool:
    return bool(_RULE.fullmatch(name))


def _check_rules(options: Options) -> None:
    named = [allowed for allowed in options.allow if _is_rule(allowed)]
    for rule in named:
        if rule not in options.rules:
            raise OptionError(f'allow: say why {rule} may be broken: allow={{"{rule}": "..."}}')
    if named:
        from contracts.judge import check_allowed  # noqa: PLC0415 - who asks no judge does not wait for it

        try:
            check_allowed(options.rules)
        except ValueError as error:
            raise OptionError(str(error)) from error


def _check_clause(clause: str, operations: Operations) -> None:
    known = load_clauses()
    if clause not in known and find_clause(operations, clause) is None:
        near = get_close_matches(clause, known, 1)
        hint = f"did you mean {near[0]}?" if near else "`evolink-contracts clauses` lists them"
        raise OptionError(f"allow: there is no clause {clause[:60]!r}; {hint}")
