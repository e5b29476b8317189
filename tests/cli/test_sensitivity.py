#!/usr/bin/env python3
"""healthspan sensitivity: tables, file and picture. The estimators themselves are tested in C++."""
import unittest
import xml.etree.ElementTree as ElementTree

from program import RunTest, rows, scenario

SMALL = scenario(outputs=["strength"], members=8, horizon="1 year", all_arms=[],
                 arms=[{"name": "nothing"}, {"name": "training", "interventions": [
                     {"type": "resistance_exercise", "start": 0, "dose": 1}]}])
OVER = ("--over", "relative_strength=0.8:1.2", "--over", "grip_at_30=40:40.001", "--over", "patient.age=75:80")


class Sensitivity(RunTest):
    def setUp(self):
        super().setUp()
        self.settled(SMALL)

    def sensitivity(self, method, *options):
        return self.good("sensitivity", "scenario.json", *OVER, "--method", method, "--quiet", "--outcome", "strength",
                         "--csv", f"{method}.csv", "--plot", f"{method}.svg", *options, seconds=120).stdout

    def indices(self, method, index, **which):
        which = {"outcome": "strength", "arm": "nothing", "index": index, **which}
        return {row["factor"]: row for row in rows(self.folder / f"{method}.csv")
                if all(row[key] == value for key, value in which.items())}

    def test_sobol_ranks_what_decides_above_what_hardly_varies(self):
        text = self.sensitivity("sobol", "--samples", "16")
        total = self.indices("sobol", "total")
        self.assertGreater(float(total["relative_strength"]["value"]), 0.5)
        self.assertLess(float(total["grip_at_30"]["value"]), 0.01)
        for row in total.values():
            self.assertLessEqual(float(row["low"]), float(row["high"]))
        self.assertIn("8 lives at each of 80 points", text)  # 16 (3 + 2)
        self.assertIn("% of the variance between points", text)
        self.assertLess(text.index("relative_strength 0.8:1.2"), text.index("grip_at_30 40:40.001"))

    def test_morris_gives_size_sign_and_spread(self):
        self.sensitivity("morris", "--samples", "4")
        size, mean = self.indices("morris", "mu_star"), self.indices("morris", "mu")
        self.assertGreater(float(size["relative_strength"]["value"]), 10 * float(size["grip_at_30"]["value"]))
        self.assertGreater(float(mean["relative_strength"]["value"]), 0)
        self.assertTrue(self.indices("morris", "sigma"))

    def test_a_tornado_shows_both_ends(self):
        text = self.sensitivity("tornado", "--difference")
        row = self.indices("tornado", "range")["relative_strength"]
        self.assertAlmostEqual(float(row["value"]), float(row["high"]) - float(row["low"]), delta=1e-8)
        self.assertGreater(float(row["value"]), 0)
        self.assertIn("strength, training - nothing", text)
        self.assertTrue(self.indices("tornado", "range", arm="training", kind="contrast"))

    def test_the_picture_is_labelled(self):
        for method in ("sobol", "morris", "tornado"):
            self.sensitivity(method, *(() if method == "tornado" else ("--samples", "8")))
            root = ElementTree.parse(self.folder / f"{method}.svg").getroot()
            texts = " | ".join("".join(element.itertext()) for element in root.iter() if element.tag.endswith("text"))
            for word in ("strength, nothing", "relative_strength", "patient.age", "not a medical device", "0"):
                self.assertIn(word, texts)

    def test_the_same_command_gives_the_same_bytes_on_any_number_of_threads(self):
        one = self.sensitivity("sobol", "--samples", "8", "--threads", "1")
        first = (self.folder / "sobol.csv").read_bytes(), (self.folder / "sobol.svg").read_bytes()
        self.assertEqual(self.sensitivity("sobol", "--samples", "8", "--threads", "3"), one)
        self.assertEqual(((self.folder / "sobol.csv").read_bytes(), (self.folder / "sobol.svg").read_bytes()), first)

    def test_wrong_use_is_refused(self):
        def wrong(options, *words):
            with self.subTest(options=options):
                self.refused(["sensitivity", "scenario.json", "--quiet", *options], 2, *words)
        wrong((*OVER, "--method", "sobl"), "--method", 'did you mean "sobol"?')
        wrong(("--over", "relative_strength=0.8:1.2"), "--over", "two factors")
        wrong(("--over", "relative_strength=1.2:0.8"), "--over", "LOW below HIGH")
        wrong((*OVER, "--outcome", "strenght"), "--outcome", 'did you mean "strength"?')
        wrong((*OVER, "--arm", "trainin"), "--arm", 'did you mean "training"?')
        wrong((*OVER, "--arm", "nothing", "--difference"), "--difference", "first arm")
        wrong((*OVER, "--method", "tornado", "--samples", "9"), "--samples")
        wrong((*OVER, "--over", "patient.agee=1:2"), "/patient/agee: unknown key")


if __name__ == "__main__":
    unittest.main()
