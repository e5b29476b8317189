"""Python values in the words of the scenario language, which is JSON."""
import json
from collections.abc import Mapping
from typing import Any


def as_text(document: Any) -> str:
    """A document as JSON: dicts and other mappings, lists, texts, numbers, and NumPy's arrays and scalars.

    Raises
    ------
    TypeError
        If something in it is none of these.
    """
    return json.dumps(document, default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if hasattr(value, "tolist"):  # NumPy's way to plain numbers
        return value.tolist()
    raise TypeError(f"{value!r} of type {type(value).__name__} cannot be part of a scenario")
