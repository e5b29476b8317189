"""Events of the heart and the brain in lives that are run: who dies of one had one, and what comes once comes once."""
import collections
import csv
import unittest

from program import ProgramTest

FATAL = {"myocardial_infarction", "stroke", "heart_failure", "ischaemic_heart_disease"}
LIVES = {
    "title": "Old men and their hearts",
    "patient": {"age": 78, "sex": "male", "country": "usa", "height_cm": 175, "weight_kg": 85, "deficit_burden": 0.2},
    "added_modules": ["diabetes_status", "cardiovascular_events", "diabetes_complications"],
    "outputs": ["mi_history", "stroke_history", "cardiovascular_death_rate", "myocardial_infarction_rate"],
    "horizon": "12 years",
    "members": 1200,
    "seed": 11,
    "arms": [{"name": "nothing"}],
}


class LivesTest(ProgramTest):
    def test_deaths_follow_events_within_months_and_states_are_entered_once(self):
        self.good("run", self.write(LIVES), "-o", "lives", "--events", "--quiet", seconds=280)
        with open(self.folder / "lives" / "events.csv", encoding="utf-8") as file:
            struck = [row for row in csv.DictReader(file) if row["event"]]
        times = collections.defaultdict(lambda: collections.defaultdict(list))
        for row in struck:
            times[row["member"]][row["event"]].append(float(row["time_years"]))
        died = {member: at["cardiovascular_death"][0] for member, at in times.items() if "cardiovascular_death" in at}
        self.assertGreater(len(died), 30)
        for member, when in died.items():
            last = max(t for event in FATAL for t in times[member].get(event, []))
            # Dying of an event has a time constant of 30 days: of 100 deaths none takes 15 of these.
            self.assertTrue(0 <= when - last < 15 * 30 / 365.25, (member, when, last))
        for at in times.values():
            self.assertLessEqual(len(at.get("heart_failure", [])), 1)
            # What comes with diabetes does not come without it.
            for event in ("ischaemic_heart_disease", "blindness", "foot_ulcer", "amputation", "renal_failure"):
                self.assertNotIn(event, at)
        # Some have had two infarctions: they may come again.
        self.assertGreater(sum(len(at.get("myocardial_infarction", [])) > 1 for at in times.values()), 3)


if __name__ == "__main__":
    unittest.main()
