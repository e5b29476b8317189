"""Published risk scores."""
from collections.abc import Mapping
from typing import Any, Dict, Iterable, List, Union

from healthspan import _engine


def score(name: str, people: Union[Mapping, Iterable[Mapping]], *, region: str = "") -> Dict[str, Any]:
    """Evaluate a published risk score, as ``healthspan score`` does.

    Parameters
    ----------
    name : str
        ``"prevent"``, ``"score2"``, ``"score2-op"``, ``"score2-diabetes"``, ``"framingham"``,
        ``"framingham-office"`` or ``"ukpds-om2"``.
    people : mapping or list of mappings
        One person as a mapping of numbers, such as ``{"age": 50, "sex": "female", "bmi": 35, ...}``; several as a
        pandas DataFrame, a mapping of columns, or a list of such mappings. Names and units are those of the
        columns of a table of people, docs/reference/scores.md; indicators are 0 and 1, or ``False`` and ``True``.
    region : str
        ``"low"``, ``"moderate"``, ``"high"`` or ``"very-high"``, for the SCORE2 family alone.

    Returns
    -------
    dict
        For several people a list for each column, ready for ``pandas.DataFrame``: ``id``, each risk (0 to 1) by its
        outcome and horizon such as ``cvd_10y``, and ``outside``, which says in words what lies outside of the ranges
        that the score was made for, or is empty. For one person the same without lists.

    Raises
    ------
    HealthspanError
        With the line (the header is line 1) and the column of what is wrong.
    """
    alone = isinstance(people, Mapping) and not any(_is_column(value) for value in people.values())
    columns = _engine.score(name, region, _as_csv([people] if alone else _rows(people)))
    return {column: values[0] for column, values in columns.items()} if alone else columns


def _is_column(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes))


def _rows(people: Any) -> List[Mapping]:
    if hasattr(people, "to_dict"):  # a DataFrame
        return people.to_dict("records")
    if isinstance(people, Mapping):
        names, columns = list(people), list(people.values())
        if len({len(column) if _is_column(column) else -1 for column in columns}) > 1:
            raise ValueError("people: the columns differ in length")
        return [dict(zip(names, row)) for row in zip(*columns)]
    return list(people)


def _as_csv(rows: List[Mapping]) -> str:
    if not rows:
        return ""
    names = list(rows[0])
    lines = [",".join(map(str, names))]
    for number, row in enumerate(rows, 2):
        if set(row) != set(names):
            raise ValueError(f"people: line {number} has other columns than the first person")
        lines.append(",".join(_cell(row[name]) for name in names))
    return "\n".join(lines) + "\n"


def _cell(value: Any) -> str:
    if isinstance(value, str):
        if any(mark in value for mark in ',"\r\n'):
            raise ValueError(f"people: found {value!r}, expected a text without commas, quotes and line ends")
        return value
    return repr(float(value))  # every digit, of booleans and of NumPy's numbers too
