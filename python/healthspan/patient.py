"""Who is simulated."""
from collections.abc import Mapping
from typing import Any, Dict, Iterator

from healthspan import _engine
from healthspan.language import as_text


class Patient(Mapping):
    """One person, in the words of the scenario language.

    Parameters
    ----------
    **attributes
        The fields of ``"patient"`` in a scenario, such as ``age=80`` (years), ``sex="male"``, ``height_cm=163``,
        ``weight_kg=62.2``, ``deficit_burden=0.16`` (share of health deficits present, 0 to 1). A number without a unit
        in its name is in the canonical unit of the field: years, metres, kilograms.

    Raises
    ------
    HealthspanError
        At once, if a name is not known (with the nearest that is), a value is missing, of the wrong type or unit, or
        out of range.

    Notes
    -----
    A patient is a read-only mapping, so ``Patient(**{**man, "age": 85})`` is the same man at 85.
    """

    def __init__(self, **attributes: Any) -> None:
        self._attributes: Dict[str, Any] = attributes
        _engine.resolve(as_text({"title": "Who", "patient": attributes, "horizon": "1 year",
                                 "arms": [{"name": "nothing"}]}), "Patient")

    def __getitem__(self, name: str) -> Any:
        return self._attributes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._attributes)

    def __len__(self) -> int:
        return len(self._attributes)

    def __repr__(self) -> str:
        return f"Patient({', '.join(f'{name}={value!r}' for name, value in self.items())})"
