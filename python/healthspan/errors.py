"""What can go wrong: one exception class for each entry of the engine's list of errors.

An entry such as ``unknown_name`` is the class ``UnknownNameError``; `by_code` holds them by the names of the entries.
An interrupt is Python's own ``KeyboardInterrupt``.
"""
from typing import Dict, Type

from healthspan import _engine


class HealthspanError(Exception):
    """Base of all errors of healthspan; its text says where, what was found, and what was expected.

    Attributes
    ----------
    code : str
        Name in the list of errors, such as ``"unknown_name"``.
    exit_status : int
        With which the command line ends on it.
    """

    code: str = ""
    exit_status: int = 70


def _class_of(code: str, sentence: str, exit_status: int) -> Type[HealthspanError]:
    name = "".join(word.capitalize() for word in code.split("_")) + "Error"
    members = {"__doc__": sentence, "__module__": __name__, "code": code, "exit_status": exit_status}
    return type(name, (HealthspanError,), members)


by_code: Dict[str, Type[HealthspanError]] = {entry[0]: _class_of(*entry) for entry in _engine.errors}
globals().update({kind.__name__: kind for kind in by_code.values()})
__all__ = ["HealthspanError", "by_code", *(kind.__name__ for kind in by_code.values())]
