"""What a run has found."""
import html
import io
import json
import math
import os
import tempfile
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence

import pandas as pd

from healthspan import _engine, plots
from healthspan.errors import by_code

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# Columns of the tables that hold names, whatever these look like.
NAMES = ("arm", "reference", "quantity", "outcome", "unit", "event", "subgroup", "currency")


class Study:
    """The results of a run: those of ``healthspan run``, read into memory.

    Made by `run` and `compare`. Errors beside estimates are Monte Carlo standard errors: they come from the number of
    simulated lives and do not contain the doubt about the model.

    Research software, not a medical device.
    """

    def __init__(self, finished: _engine.Finished) -> None:
        self._finished = finished
        self._labels = finished.labels
        with tempfile.TemporaryDirectory(prefix="healthspan-") as room:
            folder = Path(room) / "results"
            finished.write(os.fsencode(folder))
            self._files: Dict[str, bytes] = {file.name: file.read_bytes() for file in folder.iterdir()}

    @cached_property
    def scenario(self) -> Dict[str, Any]:
        """The resolved scenario, everything filled in and in canonical units; `run` gives the same study of it."""
        return json.loads(self._files["scenario.json"])

    @cached_property
    def run(self) -> Dict[str, Any]:
        """Seed, versions, modules, failed members, pilot and warnings: what ``run.json`` holds."""
        return json.loads(self._files["run.json"])

    @property
    def warnings(self) -> List[str]:
        """What to know before believing the results."""
        return self.run["warnings"]

    @property
    def arms(self) -> List[str]:
        """Names of the arms; the first is the reference."""
        return [arm["name"] for arm in self.scenario["arms"]]

    @cached_property
    def bands(self) -> pd.DataFrame:
        """Every watched quantity over time: one row per arm, report time and quantity.

        Columns are those of ``bands.csv``: ``arm``, ``time_years`` (years from the start), ``quantity``, ``unit``,
        ``living`` (members alive), ``mean`` and its Monte Carlo standard error ``mean_error``, and the quantiles
        ``q05``, ``q25``, ``median``, ``q75``, ``q95``, all of the living and in ``unit``. Shares of robust, prefrail,
        frail and dead are of all members and stand in ``mean``.
        """
        return self.table("bands")

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """Outcomes of each arm, and paired differences from the first.

        Columns are those of ``outcomes.csv``: ``kind`` (``outcome`` or ``contrast``), ``outcome``, ``unit``, ``arm``,
        ``reference``, ``estimate`` and its Monte Carlo standard error ``error`` (both in ``unit``), ``members`` or
        pairs, and the ``rule`` of a contrast.
        """
        return self.table("outcomes")

    @property
    def tables(self) -> List[str]:
        """Names of the tables that this study has, for `table`."""
        return sorted(Path(name).stem for name in self._files if name.endswith(".csv"))

    def table(self, name: str) -> pd.DataFrame:
        """A table of the output folder, column by column.

        Parameters
        ----------
        name : str
            That of its file without ``.csv``: ``incidence`` (each event over time), ``contrasts`` (events and years
            lived against the first arm), ``subgroups`` and ``cost_effectiveness`` (where they are ``asked`` for),
            ``people`` (of a cohort from a table), ``bands``, ``outcomes``.

        Raises
        ------
        UnknownNameError
            If this study has no such table, with the nearest or all that it has.
        """
        _known("table", name, self.tables)
        # Only an empty cell is missing: an arm may be called "NA" or "1".
        return pd.read_csv(io.BytesIO(self._files[f"{name}.csv"]), keep_default_na=False, na_values=[""],
                           dtype={column: str for column in NAMES})

    def plot(self, quantity: str, ax: Optional["Axes"] = None, arms: Optional[Sequence[str]] = None) -> "Axes":
        """Draw a quantity over time, one colour for each arm.

        The line is the median of the living, the darker band their middle half, the faint one 5 to 95 %. For
        ``robust``, ``prefrail``, ``frail`` and ``dead`` the line is the share of all members.

        Parameters
        ----------
        quantity : str
            A name in the column ``quantity`` of `bands`.
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure where not given.
        arms : sequence of str, optional
            Which arms; all where not given. An arm keeps its colour.

        Returns
        -------
        matplotlib.axes.Axes
            Years from the start to the right, the quantity in its unit upwards.

        Raises
        ------
        UnknownNameError
            If there is no such quantity or arm, with the nearest that there is.
        """
        _known("quantity", quantity, self.bands["quantity"].unique().tolist())
        for name in arms or ():
            _known("arm", name, self.arms)
        return plots.over_time(self.bands[self.bands["quantity"] == quantity], quantity, self.arms,
                               self.arms if arms is None else arms, ax)

    def report(self, path: "os.PathLike[str] | str", lang: str = "en") -> Path:
        """Write the HTML report, one file that asks the network for nothing; return its path.

        Parameters
        ----------
        path : path
            Of the file.
        lang : str
            ``en`` for English or ``ja`` for Japanese.

        Raises
        ------
        UnknownNameError
            If there is no report in that language.
        CannotWriteError
            If the engine was built without the report.
        OSError
            If the file cannot be written.
        """
        if "report.html" not in self._files:
            raise by_code["cannot_write"](f"{path}: this build has no report (HEALTHSPAN_REPORT=OFF)")
        Path(path).write_bytes(self._finished.report(lang).encode())
        return Path(path)

    def save(self, folder: "os.PathLike[str] | str", replace: bool = False, lang: str = "en") -> Path:
        """Write the output folder of ``healthspan run``, whole or not at all; return its path.

        Parameters
        ----------
        folder : path
            Must not exist, unless
        replace : bool
            allows to replace the folder of an earlier run.
        lang : str
            Language of the report in it.

        Raises
        ------
        UnknownNameError, CannotWriteError
        """
        self._finished.write(os.fsencode(folder), replace, lang)
        return Path(folder)

    def _summary(self) -> pd.DataFrame:
        """Outcomes as texts, a column for each arm."""
        own = self.outcomes[self.outcomes["kind"] == "outcome"]
        rows = [(self._labels.get(row.outcome, row.outcome) + ("" if row.unit == "1" else f", {row.unit}"), row.arm,
                 _with_error(row.estimate, row.error)) for row in own.itertuples()]
        table = pd.DataFrame(rows, columns=["outcome", "arm", "text"]).drop_duplicates(["outcome", "arm"])
        return table.pivot(index="outcome", columns="arm", values="text").reindex(
            index=table["outcome"].unique(), columns=self.arms).rename_axis(index=None, columns=None)

    def _caption(self) -> str:
        return (f"{self.run['members']:,} lives in each arm, {self.bands['time_years'].max():g} years; ± is the Monte "
                f"Carlo standard error, not the uncertainty of the model. {self.run['disclaimer']}")

    def __repr__(self) -> str:
        return "\n".join([self.run["title"], self._summary().to_string(), self._caption(),
                          *(f"Note: {warning}" for warning in self.warnings)])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>Note: {html.escape(warning)}</p>" for warning in self.warnings)
        return (f"<p><b>{html.escape(self.run['title'])}</b></p>{self._summary().to_html()}"
                f"<p>{html.escape(self._caption())}</p>{notes}")


def _with_error(value: float, error: float) -> str:
    """An estimate with the digits that its Monte Carlo error lets stand."""
    if not math.isfinite(value):
        return "–"
    if not math.isfinite(error) or error == 0:
        return f"{value:.4g}"
    decimals = min(max(1 - math.floor(math.log10(error)), 0), 6)
    return f"{value:.{decimals}f} ± {error:.{decimals}f}"


def _known(what: str, name: str, known: List[str]) -> None:
    if name not in known:
        raise by_code["unknown_name"](f'there is no {what} "{name}" in this study{_engine.name_hint(str(name), known)}')
