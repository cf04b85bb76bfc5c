"""The settings `scenarios` and `plans`, from each source, and the command that lists the scenarios."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mock_server.assembly import read_server_plans
from mock_server.cli import main
from mock_server.core.plans import read_words
from mock_server.scenarios.bundled import load_scenario, load_scenarios, scenario_names
from mock_server.settings import Settings, SettingsError, load_settings
from openapi.operations import load_operations
from tests.running import started

TWO = ("answer 503 on=create,query times=2", "callback twice")


def planned(settings: Settings) -> object:
    """Return the plans that settings come to."""
    return read_server_plans(settings, (), load_operations())


def test_the_command_lists_all_scenarios() -> None:
    """A line for each: its name, and what happens."""
    result = CliRunner().invoke(main, ["scenarios"])
    assert result.exit_code == 0
    lines = dict(line.split("  ", 1) for line in result.output.splitlines())
    assert {name.strip(): said.strip() for name, said in lines.items()} == {
        name: scenario.description for name, scenario in load_scenarios().items()
    }
    assert tuple(name.strip() for name in lines) == scenario_names()


@pytest.mark.parametrize(
    "load",
    [
        lambda _: load_settings({"scenarios": ("stuck", "happy"), "plans": TWO[:1]}, environment={}),
        lambda _: load_settings(
            {}, environment={"EVOLINK_MOCK_SCENARIOS": "stuck,happy", "EVOLINK_MOCK_PLANS": TWO[0]}
        ),
        lambda file: load_settings(
            {}, environment={}, config=file("scenarios: [stuck, happy]\nplans: ['answer 503 on=create,query times=2']")
        ),
        lambda file: load_settings(
            {},
            environment={},
            config=file(
                "scenarios: [stuck, happy]\n"
                "plans:\n  - {kind: answer, status: 503, times: 2, match: {operation: [create, query]}}"
            ),
        ),
    ],
    ids=["flags", "environment", "file, in words", "file, as an object"],
)
def test_each_source(load: Callable[[Callable[[str], Path]], Settings], tmp_path: Path) -> None:
    """Those of scenarios come first; a plan in the environment may have commas."""

    def file(text: str) -> Path:
        path = tmp_path / "settings.yaml"
        path.write_text(text)
        return path

    assert planned(load(file)) == (*load_scenario("stuck").plans, *read_words(TWO[0]))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"scenarios": ("stuk",)}, "scenarios: there is no scenario 'stuk'; did you mean stuck?"),
        ({"scenarios": ("qqq",)}, "scenarios: there is no scenario 'qqq'; `evolink-mock scenarios` lists them"),
        ({"plans": ("answer 503", "anser 503")}, 'plans[1]: "anser"; did you mean answer?'),
        ({"plans": ({"kind": "answer", "status": "x"},)}, "plans[0].status: expected a whole number from 100 to 599"),
        ({"plans": ("answer 503 on=crate",)}, 'plans[0].match.operation: found "crate"; did you mean create?'),
    ],
)
def test_what_is_none(values: dict[str, Any], message: str) -> None:
    """One sentence names the setting, what is there, and what can be."""
    with pytest.raises(SettingsError) as raised:
        planned(Settings(**values))
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--plan", "anser 503"), 'Error: plans[0]: "anser"; did you mean answer?'),
        (("--scenario", "stuk"), "Error: scenarios: there is no scenario 'stuk'; did you mean stuck?"),
    ],
)
def test_the_program_refuses(arguments: tuple[str, ...], said: str) -> None:
    """With exit code 2, and no traceback."""
    result = CliRunner().invoke(main, ["serve", "--port", "0", *arguments])
    assert (result.exit_code, result.stderr.strip()) == (2, said)


@pytest.mark.uncounted
def test_the_program_has_its_plans() -> None:
    """Flags can be given more than once; the access log names what struck."""
    options = ("--scenario", "revoked", "--scenario", "happy", "--plan", "answer 503 on=models nth=1", "--plan", TWO[1])
    with started(*options) as program, program.client() as client:
        listed = client.get("/_mock/plans").json()
        assert [plan["name"] for plan in listed["plans"]] == ["answer 401", "answer 503", "callback twice"]
        assert [client.get("/v1/models").status_code for _ in range(2)] == [503, 200]
        assert program.stop() == 0
        assert "GET  /v1/models 503" in program.output
        assert "struck by answer 503\n" in program.output
