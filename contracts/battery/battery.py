"""The battery: a client run in one scenario after the other, or in several at once."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed

from contracts.battery.scenario import Scenario
from contracts.battery.trial import Drive, Tell, Trial


def run_battery(drive: Drive, scenarios: Iterable[Scenario], *, jobs: int, tell: Tell) -> tuple[Trial, ...]:
    """Run a client in scenarios, and return what came of each, in their order.

    What goes wrong in the harness is the trouble of its trial, and stops no other.

    Args:
        drive: What runs the client.
        scenarios: The scenarios.
        jobs: In how many at once.
        tell: Gets each trial when it is over.
    """
    wanted = tuple(scenarios)
    with ThreadPoolExecutor(jobs, thread_name_prefix="scenario") as pool:
        longest_first = sorted(wanted, key=lambda scenario: -scenario.lasts)
        running = {pool.submit(_try, drive, scenario): scenario.name for scenario in longest_first}
        try:
            done: dict[str, Trial] = {}
            for future in as_completed(running):
                done[running[future]] = future.result()
                tell(future.result())
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return tuple(done[scenario.name] for scenario in wanted)


def _try(drive: Drive, scenario: Scenario) -> Trial:
    try:
        return drive.run(scenario)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is not the client's
        return Trial(scenario=scenario, ending="left out", trouble=f"{type(error).__name__}: {error}")
