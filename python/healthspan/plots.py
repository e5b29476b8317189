"""Pictures of a study."""
from typing import TYPE_CHECKING, Optional, Sequence

import pandas as pd

from healthspan import _engine

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The colours of the report, after Okabe and Ito, the reference grey; then the same with other lines.
COLOURS = ("#6b7280", "#0072b2", "#d55e00", "#009e73", "#b8629a", "#c28a00", "#3f2b8c")
LINES = ("-", "--", ":", "-.")


def over_time(bands: pd.DataFrame, quantity: str, order: Sequence[str], arms: Sequence[str],
              ax: Optional["Axes"]) -> "Axes":
    """Draw the rows of one quantity of `Study.bands`; see `Study.plot`.

    Colours follow the place of an arm in `order`.
    """
    if ax is None:
        import matplotlib.pyplot as plt  # only here, so that a study needs no Matplotlib

        _, ax = plt.subplots(layout="constrained")
    is_share = bool(bands["median"].isna().all())
    for arm in arms:
        rows, place = bands[bands["arm"] == arm], order.index(arm)
        colour = COLOURS[place % len(COLOURS)]
        if not is_share:
            for low, high, strength in (("q05", "q95", 0.10), ("q25", "q75", 0.22)):
                ax.fill_between(rows["time_years"], rows[low], rows[high], color=colour, alpha=strength, linewidth=0)
        ax.plot(rows["time_years"], rows["mean" if is_share else "median"], label=arm, color=colour,
                linestyle=LINES[place // len(COLOURS) % len(LINES)])
    unit = bands["unit"].iloc[0]
    ax.set_xlabel("Years from the start")
    ax.set_ylabel(_engine.label_of(quantity) + ("" if unit == "1" else f", {unit}"))
    ax.margins(x=0)
    if is_share:
        ax.set_ylim(0, 1)
    if len(arms) > 1:
        ax.legend(frameon=False)
    return ax
