"""Programs in scenarios: what they do is judged as if they were functions, and how they end is told."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from contracts.battery.battery import run_battery
from contracts.battery.program import ProgramDrive
from contracts.battery.scenario import Scenario, choose, load_scenarios
from contracts.battery.trial import Trial
from contracts.battery.verdicts import judge_trials
from contracts.recording import ClientRecord
from contracts.rules import ALL_RULES
from contracts.verdict import Grade, Level, Verdict
from mock_server.entrance.authority import Authority
from tests.battery.driving import PROGRAMS, drive, drive_python
from tests.clients.judging import grades, tell

pytestmark = pytest.mark.slow

PLAIN: Final = str(PROGRAMS / "plain.py")
NAMES: Final = ("good-weather", "lost-answer", "cancelled", "busy-once")
WRONGS: Final = ("retries-without-key", "hurries", "goes-on")


class Runs:
    """Two programs that ran in the same scenarios: one does nothing wrong, the other three things."""

    def __init__(self, authority: Authority, folder: Path) -> None:
        with ThreadPoolExecutor(2) as pool:
            good, bad = (
                pool.submit(
                    self._run, drive_python(PLAIN, *wrongs, keep=folder / f"{len(wrongs)}", authority=authority)
                )
                for wrongs in ((), WRONGS)
            )
        self.good, self.bad = good.result(), bad.result()

    @staticmethod
    def _run(driven: ProgramDrive) -> tuple[Trial, ...]:
        return run_battery(driven, choose(names=NAMES), jobs=4, tell=lambda _: None)


@pytest.fixture(scope="module")
def runs(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """The two programs, run once: their time is real."""
    folder = tmp_path_factory.mktemp("runs")
    for name in ("0", "3"):
        (folder / name).mkdir()
    return Runs(authority, folder)


def verdict_on(trials: tuple[Trial, ...]) -> Verdict[ClientRecord]:
    """Return what the judge says, if warnings fail as well."""
    return judge_trials(ALL_RULES, trials, binding=tuple(Level)).verdict


def test_a_good_program(runs: Runs) -> None:
    """It makes its video in each scenario in which it can, and no rule finds anything."""
    assert {trial.scenario.name: (trial.ending, trial.trouble) for trial in runs.good} == dict.fromkeys(
        NAMES, ("well", None)
    )
    verdict = verdict_on(runs.good)
    assert not grades(verdict, Grade.FAIL, Grade.ERROR), tell(verdict)
    assert {"A1", "A3", "B3", "B4", "C2", "D3", "F1", "J4", "Z1"} <= grades(verdict, Grade.PASS)


def test_a_bad_program(runs: Runs) -> None:
    """Each of the three things is found, in the scenario that exposes it, as for the functions that do them."""
    verdict = verdict_on(runs.bad)
    found = {
        (outcome.rule.id, finding.subject.partition(":")[0])
        for outcome in verdict.of(Grade.FAIL)
        for finding in outcome.findings
    }
    assert {("B3", "lost-answer"), ("C2", "cancelled"), ("D3", "busy-once")} <= found, tell(verdict)
    assert {rule for rule, _ in found} <= {"B3", "C2", "D3"}, tell(verdict)


def test_short_tasks_are_no_fault(runs: Runs) -> None:
    """Nothing in good weather is marked as planned, so that all rules look at it."""
    assert not any(exchange.faults for exchange in runs.good[0].record.asked)
    assert runs.good[0].record.view.clock == "scaled"


def in_good_weather(driven: ProgramDrive) -> Trial:
    """Return what came of a program where nothing goes wrong."""
    return driven.run(load_scenarios()["good-weather"])


def test_it_does_not_start(authority: Authority, tmp_path: Path) -> None:
    """A program that is not there has ended badly, and why is told."""
    trial = in_good_weather(drive(["no-such-program"], keep=tmp_path, authority=authority))
    assert (trial.ending, trial.told) == (
        "badly",
        "no-such-program cannot be started: there is no such program on PATH",
    )


def test_what_it_is_told(authority: Authority, tmp_path: Path) -> None:
    """Words in braces are put in, and the variables tell of the scenario."""
    script = "import os, sys; print(*sys.argv[1:], os.environ['EVOLINK_EXPECTS'], os.environ['EVOLINK_TASKS'])"
    driven = drive_python("-c", script, "{scenario}", "{directory}", "{prompt}", keep=tmp_path, authority=authority)
    trial = driven.run(load_scenarios()["dead-link"])
    assert trial.run is not None
    name, folder, *prompt, expects, tasks = trial.run.output.split()
    assert (name, folder, expects, tasks) == ("dead-link", str(tmp_path / "dead-link" / "files"), "download", "1")
    assert " ".join(prompt).startswith("A paper boat")
    assert Path(folder).is_dir()


def test_its_limit(authority: Authority, tmp_path: Path) -> None:
    """One that does not end is stopped; what it would have done then is not guessed at."""
    script = "import os, time; os.write(1, b'here'); time.sleep(600)"
    short = Scenario(name="short", title="It is short.", exposes=(), lasts=0.1)
    trial = drive_python("-c", script, keep=tmp_path, authority=authority, limit_seconds=1.0).run(short)
    assert trial.ending == "by limit"
    assert trial.told == "it had not ended after 1 s"
    assert trial.record.view.clock == "real"
    assert [event.kind for event in trial.record.events] == ["hand"]


def test_scenarios_that_last(authority: Authority, tmp_path: Path) -> None:
    """What takes longer than the limit is left out, and why is told."""
    trial = drive_python("-c", "", keep=tmp_path, authority=authority).run(load_scenarios()["stuck"])
    assert trial.ending == "left out"
    assert trial.told == "it takes 3600 s of the client's time, and the limit is 40 s"


def test_strangers(authority: Authority, tmp_path: Path) -> None:
    """Other hosts are not reached, and are told; then nobody knows what was sent to them."""
    script = "import urllib.request; urllib.request.urlopen('https://telemetry.example.com/')"
    trial = in_good_weather(drive_python("-c", script, keep=tmp_path, authority=authority))
    assert (trial.ending, trial.told) == ("badly", "exit code 1")
    assert trial.strangers == ("telemetry.example.com:443",)
    assert "hosts" not in trial.record.view.sees


RECEIVING: Final = """
import json, os, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        os.write(1, self.path.encode())

server = HTTPServer(("127.0.0.1", int(os.environ["EVOLINK_CALLBACK_PORT"])), Hook)
body = {"model": "wan2.6-reference-video-flash", "prompt": os.environ["EVOLINK_PROMPT"],
        "video_urls": ["https://example.com/a.mp4"], "callback_url": os.environ["EVOLINK_CALLBACK_URL"]}
headers = {"Authorization": "Bearer " + os.environ["EVOLINK_API_KEY"], "Content-Type": "application/json"}
urllib.request.urlopen(urllib.request.Request(
    "https://api.evolink.ai/v1/videos/generations", json.dumps(body).encode(), headers))
server.handle_request()
"""


def test_callbacks(authority: Authority, tmp_path: Path) -> None:
    """Callbacks reach the program at its port, and the record has both sides of them."""
    driven = drive_python("-c", RECEIVING, keep=tmp_path, authority=authority)
    trial = driven.run(load_scenarios()["callback"])
    assert trial.run is not None
    assert (trial.run.output, trial.run.errors.count("Traceback")) == ("/callback", 0)
    (heard,) = trial.record.heard
    assert heard.status == 200
    assert heard.sent["status"] == "completed"


def test_a_receiver_of_ones_own(authority: Authority, tmp_path: Path) -> None:
    """The port and path of a receiver that is always there are told in the place of others."""
    script = "import os; print(os.environ['EVOLINK_CALLBACK_URL'], os.environ['EVOLINK_CALLBACK_PORT'])"
    given = {"receiver": "http://127.0.0.1:9000/hooks/videos"}
    trial = drive_python("-c", script, keep=tmp_path, authority=authority, **given).run(load_scenarios()["callback"])
    assert trial.run is not None
    assert trial.run.output.split() == ["https://hooks.example.com/hooks/videos", "9000"]


def test_outcomes_that_cannot_be_read(authority: Authority, tmp_path: Path) -> None:
    """What is meant as an outcome and is none is no finding: it is said that nothing can be said."""
    driven = drive_python("-c", 'print(\'{"outcome": "fine"}\')', keep=tmp_path, authority=authority)
    (trial,) = run_battery(driven, [load_scenarios()["good-weather"]], jobs=1, tell=lambda _: None)
    assert trial.trouble is not None
    assert "outcome must be one of" in trial.trouble


def test_compressed_time(authority: Authority, tmp_path: Path) -> None:
    """With a speed the client's seconds are counted, tasks are as long as ever, and long scenarios fit."""
    script = (
        "import json, os, urllib.request as u\n"
        "h = {'Authorization': 'Bearer ' + os.environ['EVOLINK_API_KEY']}\n"
        "for _ in range(2): u.urlopen(u.Request('https://api.evolink.ai/v1/credits', headers=h)).read()\n"
    )
    driven = drive_python("-c", script, keep=tmp_path, authority=authority, speed=200.0)
    slow = Scenario(name="slow", title="It lasts.", exposes=(), lasts=6_000)
    trial = driven.run(slow)
    first, second = trial.record.asked
    assert trial.ending == "well"
    assert trial.record.until is not None
    assert trial.record.until - first.started_at > second.started_at - first.started_at > 0
    assert trial.record.view.pace == 1.0


POLLING: Final = """
import json, os, signal, sys, time, urllib.request

if sys.argv[1] == "graceful":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(f"left {task['id']}"))
else:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
headers = {"Authorization": "Bearer " + os.environ["EVOLINK_API_KEY"], "Content-Type": "application/json"}
body = {"model": "wan2.6-reference-video-flash", "prompt": "A cat", "video_urls": ["https://example.com/a.mp4"]}

def ask(path, data=None):
    return json.load(urllib.request.urlopen(urllib.request.Request("https://api.evolink.ai" + path, data, headers)))

task = ask("/v1/videos/generations", json.dumps(body).encode())
while True:
    ask("/v1/tasks/" + task["id"])
    time.sleep(0.2)
"""


def test_being_told_to_end(authority: Authority, tmp_path: Path) -> None:
    """A program is told to end while its task is under way; one that does so, and names the task, passes."""
    driven = drive_python("-c", POLLING, "graceful", keep=tmp_path, authority=authority)
    trial = driven.run(load_scenarios()["told-to-end"])
    assert (trial.ending, len(trial.record.stops)) == ("well", 1)
    (outcome,) = judge_trials([rule for rule in ALL_RULES if rule.id == "J5"], [trial]).verdict.outcomes
    assert outcome.grade is Grade.PASS, outcome


def test_not_ending_when_told_to(authority: Authority, tmp_path: Path) -> None:
    """One that goes on is killed by its limit, and has ended badly."""
    driven = drive_python("-c", POLLING, "deaf", keep=tmp_path, authority=authority, grace_seconds=0.5)
    trial = driven.run(load_scenarios()["told-to-end"])
    assert (trial.ending, trial.told) == ("badly", "it did not end when it was told to")
    (outcome,) = judge_trials([rule for rule in ALL_RULES if rule.id == "J5"], [trial]).verdict.outcomes
    assert outcome.grade is Grade.WARN, outcome


def test_never_coming_to_be_told(authority: Authority, tmp_path: Path) -> None:
    """One that asks for no task is not told to end."""
    trial = drive_python("-c", "", keep=tmp_path, authority=authority).run(load_scenarios()["told-to-end"])
    assert (trial.ending, trial.record.stops) == ("well", ())


LEAKING: Final = """
import json, os, sys
print(json.dumps({"outcome": "error", "wanted": {"prompt": os.environ["EVOLINK_PROMPT"]}}))
print("asking for", os.environ["EVOLINK_PROMPT"])
print("with", os.environ["EVOLINK_API_KEY"], file=sys.stderr)
for folder in (os.environ["EVOLINK_DIRECTORY"], "."):
    with open(os.path.join(folder, "log.txt"), "w") as file:
        file.write("key=" + os.environ["EVOLINK_API_KEY"])
"""


def test_leaks(authority: Authority, tmp_path: Path) -> None:
    """Secrets are found in what is printed and in files; what an outcome says was wanted is none."""
    here = tmp_path / "here"
    here.mkdir()
    trial = in_good_weather(drive_python("-c", LEAKING, keep=tmp_path / "keep", authority=authority, directory=here))
    found = [(leak.what, leak.place, leak.path, leak.line) for leak in trial.record.leaks]
    assert found == [
        ("prompt", "output", "", 2),
        ("key", "errors", "", 1),
        ("key", "file", "log.txt", 1),
        ("key", "file", "log.txt", 1),
    ]


def test_what_is_kept_where_it_runs_is_searched_once(authority: Authority, tmp_path: Path) -> None:
    """If the folder for what is kept lies where the program runs, that is not searched as well."""
    trial = in_good_weather(drive_python("-c", LEAKING, keep=tmp_path, authority=authority))
    assert [leak.place for leak in trial.record.leaks] == ["output", "errors", "file"]


ASKING: Final = """
import os, ssl, sys, urllib.request
context = ssl._create_unverified_context() if sys.argv[1] == "trusting" else None
headers = {"Authorization": "Bearer " + os.environ["EVOLINK_API_KEY"]}
urllib.request.urlopen(urllib.request.Request("https://api.evolink.ai/v1/credits", headers=headers), context=context)
"""


@pytest.mark.parametrize("fault", ["expired", "of-another-host", "of-nobody"])
def test_certificates(authority: Authority, tmp_path: Path, fault: str) -> None:
    """One that looks at certificates sends nothing to an impostor; one that does not is found out."""
    grades_of = {}
    for manner in ("wary", "trusting"):
        driven = drive_python("-c", ASKING, manner, keep=tmp_path / manner, authority=authority, directory=tmp_path)
        trial = driven.run(load_scenarios()[f"certificate-{fault}"])
        (outcome,) = judge_trials([rule for rule in ALL_RULES if rule.id == "A14"], [trial]).verdict.outcomes
        grades_of[manner] = (trial.ending, outcome.grade)
    assert grades_of == {"wary": ("badly", Grade.PASS), "trusting": ("well", Grade.FAIL)}
