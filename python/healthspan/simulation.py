"""From a scenario to a study."""
import os
import sys
from collections.abc import Mapping
from typing import Any, Callable, Dict, List, Optional, Union

from healthspan import _engine
from healthspan.language import as_text
from healthspan.study import Study

Progress = Union[None, bool, Callable[[int, int], object]]


def run(scenario: Union[Mapping, str, "os.PathLike[str]"], *, members: Optional[int] = None,
        seed: Optional[int] = None, threads: int = 0, progress: Progress = None) -> Study:
    """Run a scenario; the results have the same bytes as those of ``healthspan run``.

    Parameters
    ----------
    scenario : mapping or path
        The scenario, or the path of its JSON file.
    members : int, optional
        Number of simulated lives in each arm, instead of the scenario's.
    seed : int, optional
        Seed of all chance, instead of the scenario's.
    threads : int
        Number of threads; 0 takes all. Results do not depend on it.
    progress : bool or callable, optional
        Whether to count on standard error, or ``progress(done, total)`` to be called now and then with amounts of
        work. By default it counts where somebody is looking on.

    Returns
    -------
    Study

    Raises
    ------
    HealthspanError
        With the message of the command line.
    KeyboardInterrupt
        On Ctrl-C (in a notebook: *interrupt the kernel*), within a moment.
    """
    name = b"scenario" if isinstance(scenario, Mapping) else os.fsencode(scenario)
    text = as_text(scenario) if isinstance(scenario, Mapping) else _engine.read_file(name)
    with _shown(progress) as show:
        return Study(_engine.run(text, name, members, seed, threads, show))


def compare(patient: Mapping, *, years: float, arms: Mapping, title: Optional[str] = None, threads: int = 0,
            progress: Progress = None, **rest: Any) -> Study:
    """Compare plans for one person, who has the same body and the same luck in each.

    Parameters
    ----------
    patient : Patient or mapping
        Who.
    years : float
        How long the lives are followed, in years of 365.25 days.
    arms : mapping
        From the name of an arm to the list of its interventions, each a dict as in a scenario, such as
        ``{"type": "resistance_exercise", "start": "3 months", "duration": "24 weeks", "adherence": 0.7}``. A number
        alone is in days. The first arm is the reference of all differences.
    title : str, optional
        Of the report; the names of the arms where not given.
    threads, progress
        As for `run`.
    **rest
        Anything else of a scenario: ``members`` (lives in each arm), ``seed``, ``parameters``, ``all_arms`` (what
        happens in every arm), ``events``, ``outputs``, …

    Returns
    -------
    Study

    Raises
    ------
    HealthspanError, KeyboardInterrupt
        As for `run`.
    """
    listed: List[Dict[str, Any]] = [{"name": name, "interventions": plan} for name, plan in arms.items()]
    scenario = {"title": " or ".join(map(str, arms)) if title is None else title, "patient": patient,
                "horizon_years": years, "arms": listed, **rest}
    return run(scenario, threads=threads, progress=progress)


class _shown:
    """Calls nobody, the caller's own function, or counts on one line of standard error, which it clears at the end."""

    def __init__(self, progress: Progress) -> None:
        if progress is None:  # a terminal, or a prompt that waits for the result
            progress = sys.stderr is not None and (sys.stderr.isatty() or hasattr(sys, "ps1"))
        self._call = self._count if progress is True else progress if callable(progress) else None
        self._percent = -1

    def _count(self, done: int, total: int) -> None:
        percent = 100 * done // total
        if percent > self._percent:
            self._percent = percent
            print(f"\rsimulating: {percent} %", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Optional[Callable[[int, int], object]]:
        return self._call

    def __exit__(self, *_: object) -> None:
        if self._percent >= 0:
            print("\r" + " " * len("simulating: 100 %") + "\r", end="", file=sys.stderr, flush=True)
