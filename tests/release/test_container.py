"""The container file: what runs in it, as whom, and what it is built from. `make release` takes its steps."""

import shlex

from mock_server.cli import main
from mock_server.settings import ENVIRONMENT_PREFIX, Settings, load_settings
from tests.release.container import Instruction, read_context, read_stages
from tests.release.project import PROJECT, ROOT

BUILD, RUN = read_stages()


def only(name: str) -> Instruction:
    """Return the one instruction of this name in the stage that runs."""
    (found,) = (instruction for instruction in RUN if instruction.name == name)
    return found


def variables() -> dict[str, str]:
    """Return the variables that it sets."""
    return dict(word.split("=", 1) for word in shlex.split(only("ENV").text))


def test_it_is_built_from_what_the_wheel_is_made_of() -> None:
    """The packages, what says how they are installed, and nothing else: no history, tests, state or keys."""
    said = {"pyproject.toml", PROJECT["readme"], *PROJECT["license-files"], "constraints.txt"}
    assert set(read_context()) == {"contracts", "mock_server", "openapi", *said}
    assert (ROOT / ".dockerignore").read_text("utf-8").splitlines()[1] == "*"


def test_both_stages_start_from_the_same_python() -> None:
    """An environment works with the Python that made it alone; it is one that the package is tested on."""
    images = {stage[0].text.partition(" ")[0] for stage in (BUILD, RUN)}
    ((name, _, tag),) = (image.partition(":") for image in images)
    assert name == "python"
    assert f"Programming Language :: Python :: {tag.removesuffix('-slim')}" in PROJECT["classifiers"]


def test_it_runs_as_nobody_in_particular() -> None:
    """A user with a number and without a name, whom only /state belongs to."""
    (state,) = (found for found in RUN if found.name == "COPY" and "--chown" in found.text)
    user = only("USER").text
    assert 0 not in map(int, user.split(":"))
    assert state.text == f"--from=build --chown={user} /state {only('VOLUME').text}"
    assert variables()["TMPDIR"] == only("WORKDIR").text == "/state"


def test_it_starts_the_command_itself() -> None:
    """Without a shell between, so that it gets the signals, and with options as one gives them."""
    program, command = only("ENTRYPOINT").words
    assert PROJECT["scripts"][program] == "mock_server.cli:main"
    assert command in main.commands
    assert "CMD" not in {instruction.name for instruction in RUN}


def test_it_is_told_to_listen_outside() -> None:
    """Its variables are settings, and it offers the port that the server then has."""
    told = {name: value for name, value in variables().items() if name.startswith(ENVIRONMENT_PREFIX)}
    settings = load_settings({}, environment=told, config=None)
    assert settings == Settings(host="0.0.0.0")  # noqa: S104 - within the container
    assert only("EXPOSE").text == str(settings.port)
    assert only("HEALTHCHECK").words[0] == "python"
    assert f", {settings.port}, " in only("HEALTHCHECK").words[-1]
