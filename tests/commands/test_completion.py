"""Completion in shells: the scripts in the shells themselves, and what each value is completed to."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.battery.scenario import load_scenarios
from contracts.cli import main as contracts
from contracts.invariants import RULES
from contracts.rules import ALL_RULES
from mock_server.cli import main as mock
from mock_server.entrance import ready
from mock_server.entrance.ready import Ready
from mock_server.scenarios.bundled import scenario_names
from tests.running import PATIENCE, clean

PROGRAMS = {"evolink-mock": mock, "evolink-contracts": contracts}
HEAVY = {"asyncio", "faker", "httpx2", "jsonschema_rs", "ssl", "starlette", "uvicorn", "yaml"}
IN_BASH = """\
eval "$(evolink-mock completion bash)"
complete -p evolink-mock
COMP_WORDS=(evolink-mock serve --scenario stuc) COMP_CWORD=3
_evolink_mock_completion evolink-mock
echo "${COMPREPLY[@]}"
"""
IN_ZSH = """\
autoload -Uz compinit && compinit -D -u
eval "$(evolink-mock completion zsh)"
print "$_comps[evolink-mock]"
_describe() { print -r -- "${(P)3}" }
words=(evolink-mock serve --scenario stuc) CURRENT=4
_evolink_mock_completion
"""
IN_FISH = """\
evolink-mock completion fish | source
complete -C "evolink-mock serve --scenario stuc"
"""


def ask(line: str, shell: str = "zsh") -> str:
    """Return what a program tells a shell that completes the last word of a line."""
    words = shlex.split(line) + ([""] if line.endswith(" ") else [])
    name = words[0]
    variables = {
        f"_{name.replace('-', '_').upper()}_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }
    result = CliRunner().invoke(PROGRAMS[name], [], env=variables, prog_name=name)
    assert result.exit_code == 0, result.output
    return result.stdout


def complete(line: str) -> list[str]:
    """Return the words that the last one of a line is completed to."""
    return ask(line).splitlines()[1::3]


def in_shell(*command: str) -> str:
    """Run a script in a shell that finds our commands."""
    environment = clean({"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"})
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True)
    return ended.stdout


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_in_bash() -> None:
    """The script is taken, the function is for the program, and a value is completed."""
    *_, declared, found = in_shell("bash", "--norc", "-c", IN_BASH).splitlines()
    assert declared.endswith("-F _evolink_mock_completion evolink-mock")
    assert found == "stuck"


@pytest.mark.skipif(shutil.which("zsh") is None, reason="zsh is not installed")
def test_in_zsh() -> None:
    """The same, with what the value stands for."""
    declared, found = in_shell("zsh", "-f", "-c", IN_ZSH).splitlines()
    assert declared == "_evolink_mock_completion"
    assert found.startswith("stuck:")


@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_in_fish() -> None:
    """The same."""
    assert in_shell("fish", "--no-config", "-c", IN_FISH).startswith("stuck\t")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_script(name: str, shell: str) -> None:
    """It is what click has for the shell, and names the program and the variable that the program looks at."""
    result = CliRunner().invoke(PROGRAMS[name], ["completion", shell])
    assert result.exit_code == 0
    assert f"_{name.replace('-', '_').upper()}_COMPLETE={shell}_complete" in result.stdout
    assert name in result.stdout


@pytest.mark.parametrize(
    ("shell", "told"), [("bash", "plain,stuck"), ("zsh", "plain\nstuck\n"), ("fish", "plain,stuck\t")]
)
def test_what_shells_are_told(shell: str, told: str) -> None:
    """Each is told the values in its own form."""
    assert ask("evolink-mock serve --scenario stuc", shell).startswith(told)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("evolink-mock ", ["serve", "scenarios", "models", "env", "completion"]),
        ("evolink-mock serve --scen", ["--scenario"]),
        ("evolink-mock serve --scenario ", list(scenario_names())),
        ("evolink-mock serve --plan an", ["answer"]),
        ("evolink-mock serve --media ", ["lenient", "strict"]),
        ("evolink-mock serve --videos p", ["packaged"]),
        ("evolink-mock serve --egress ", ["routes", "public"]),
        ("evolink-mock env --shell f", ["fish"]),
        ("evolink-contracts client --scenario ", list(load_scenarios())),
        ("evolink-contracts client --rule ", [rule.id for rule in ALL_RULES]),
        ("evolink-contracts client --expects c", ["callback", "cancel"]),
        ("evolink-contracts client --expects download,callback,c", ["download,callback,cancel"]),
        ("evolink-contracts client --format ju", ["junit"]),
        ("evolink-contracts client --level ", ["must", "should", "all"]),
        ("evolink-contracts server --only life", ["life"]),
        ("evolink-contracts server --skip L1", [rule.id for rule in RULES if rule.id.startswith("L1")]),
        ("evolink-contracts rules L1", [rule.id for rule in RULES if rule.id.startswith("L1")]),
        ("evolink-contracts drift get-t", ["get-task-detail"]),
        ("evolink-contracts clauses --format m", ["markdown"]),
    ],
)
def test_values(line: str, expected: list[str]) -> None:
    """A value is completed to what there is, and an option to its name."""
    assert complete(line) == expected


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("evolink-mock serve --state ", "file"),
        ("evolink-mock serve --config s", "file"),
        ("evolink-mock serve --files-directory ", "dir"),
        ("evolink-mock serve --page ", "file"),
        ("evolink-contracts traffic ", "file"),
        ("evolink-contracts client --output ", "file"),
        ("evolink-contracts client --keep ", "dir"),
        ("evolink-contracts client -- ./ma", "file"),
        ("evolink-contracts drift ", "file"),
    ],
)
def test_files(line: str, kind: str) -> None:
    """Files and folders are the shell's to complete."""
    assert ask(line).splitlines()[0] == kind


def test_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """`env --url` is completed to the servers that run here."""
    url = "http://127.0.0.1:8765"
    here = Ready(url=url, control=url, files=url, key="sk-a", pid=1)
    monkeypatch.setattr(ready, "running_servers", lambda: [here])
    assert ask("evolink-mock env --url h", "fish") == f"plain,{url}\n"


@pytest.mark.parametrize("module", ["mock_server.cli", "contracts.cli"])
def test_it_is_quick(module: str) -> None:
    """Whoever completes a word, or asks for help, waits for nothing that serves, connects or judges."""
    program = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE
    )
    assert HEAVY & set(found.stdout.split()) == set()
