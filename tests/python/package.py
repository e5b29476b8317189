"""What the tests of the Python package share; without the libraries that it needs they are skipped."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
from program import (EVENTFUL, EXAMPLES, ROOT, ProgramTest, catches_interrupt, changed, eventful, find_program,  # noqa
                     read_json, scenario)

try:
    import matplotlib  # noqa: F401
    import numpy  # noqa: F401
    import pandas  # noqa: F401
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)
import healthspan as hs  # noqa: E402

MAN = {"age": 80, "sex": "male", "height_cm": 163, "weight_kg": 62.2, "deficit_burden": 0.16}
TRAINING = [{"type": "resistance_exercise", "start": "3 months", "duration": "24 weeks", "adherence": 0.8}]
