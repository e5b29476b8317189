#!/usr/bin/env python3
"""healthspan sweep: a scenario for each of some values."""
import unittest

from program import RunTest, rows, scenario

SMALL = scenario(outputs=["strength"], members=8, horizon="1 year", all_arms=[],
                 arms=[{"name": "nothing"}, {"name": "training", "interventions": [
                     {"type": "resistance_exercise", "start": 0, "dose": 1}]}])


class Sweeps(RunTest):
    def setUp(self):
        super().setUp()
        self.write(SMALL)

    def sweep(self, *options):
        self.good("sweep", "scenario.json", "-o", "table.csv", "--quiet", *options)
        return rows(self.folder / "table.csv")

    def test_every_combination_is_run_the_first_varying_slowest(self):
        table = self.sweep("--over", "patient.age=70:80:3", "--over", "relative_strength=0.9:1.1:2")
        points = list(dict.fromkeys((row["patient.age"], row["relative_strength"]) for row in table))
        self.assertEqual(points, [(age, s) for age in ("70", "75", "80") for s in ("0.9", "1.1")])
        self.assertEqual({row["kind"] for row in table}, {"outcome", "contrast"})
        self.assertEqual({row["arm"] for row in table}, {"nothing", "training"})

    def test_a_point_has_the_numbers_of_a_run_with_its_values(self):
        table = self.sweep("--over", "/arms/1/interventions/0/dose=0:1:2", "--over", "horizon=1:2:2 years")
        folder = self.results("--set", "/arms/1/interventions/0/dose=1", "--set", "horizon=2 years")
        swept = [row for row in table if (row["/arms/1/interventions/0/dose"], row["horizon years"]) == ("1", "2")]
        run = [row for row in rows(folder / "outcomes.csv") if row["rule"] != "death ranked worst"]
        self.assertEqual(len(swept), len(run))
        for key in ("kind", "outcome", "unit", "arm", "reference", "estimate", "error", "members"):
            self.assertEqual([row[key] for row in swept], [row[key] for row in run])

    def test_a_swept_parameter_keeps_its_spread(self):
        table = self.sweep("--over", "relative_strength=1:1.2:2")
        first = next(row for row in table if row["outcome"] == "strength" and row["relative_strength"] == "1")
        folder = self.results()
        run = next(row for row in rows(folder / "outcomes.csv") if row["outcome"] == "strength")
        self.assertEqual((first["estimate"], first["error"]), (run["estimate"], run["error"]))

    def test_without_dose_there_is_no_difference(self):
        table = self.sweep("--over", "arms/1/interventions/0/dose=0:1:2")
        for row in table:
            if row["kind"] == "contrast" and row["arms/1/interventions/0/dose"] == "0":
                self.assertEqual(float(row["estimate"] or 0), 0)

    def test_wrong_use_is_refused(self):
        def wrong(over, *words, status=2):
            with self.subTest(over=over):
                self.refused(["sweep", "scenario.json", "-o", "table.csv", "--quiet", "--over", over], status, *words)
        for over in ("patient.age", "=1:2:3", "age=1:2", "age=a:2:3", "age=70:80:1", "age=70:80:2.5", "age=70:70:3",
                     "age=70:80:3:4", "age=70:80:1e9", "age=nan:80:3"):
            wrong(over, "--over", "expected PATH=FROM:TO:N")
        wrong("patient.agee=70:80:3", "patient.agee=70", "/patient/agee: unknown key", 'did you mean "age"?')
        wrong("patient.age=70:200:2", "patient.age=200", "/patient/age: found 200 y")
        wrong("strengthh=1:2:2", "strengthh=1", "/parameters/strengthh: no module has a parameter of this name")
        wrong("arms/7/name=1:2:2", "--over arms/7/name", "expected a number below 2")
        wrong("title.x=1:2:2", "--over title.x", "single value")
        wrong("horizon=1:2:2 kg", "found the unit")
        self.refused(["sweep", "scenario.json", "-o", "no/where.csv", "--over", "age=70:80:2"], 4, "not a folder")
        self.refused(["sweep", "scenario.json", "--over", "age=70:80:2"], 2, "--output")


if __name__ == "__main__":
    unittest.main()
