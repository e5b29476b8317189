"""Simulate the years of an older person, thousands of times over, and compare plans.

>>> import healthspan as hs
>>> man = hs.Patient(age=80, sex="male", height_cm=163, weight_kg=62.2, deficit_burden=0.16)
>>> study = hs.compare(man, years=5, members=1000,
...                    arms={"nothing": [], "training": [{"type": "resistance_exercise", "duration": "24 weeks"}]})
>>> study.plot("gait_speed")

Research software, not a medical device: it must not be used to decide on the care of a person.
"""
from healthspan import errors
from healthspan._engine import version as __version__
from healthspan.errors import HealthspanError
from healthspan.patient import Patient
from healthspan.scores import score
from healthspan.simulation import compare, run
from healthspan.study import Study

__all__ = ["HealthspanError", "Patient", "Study", "__version__", "compare", "errors", "run", "score"]
