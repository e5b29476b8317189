"""healthspan evidence: published figures beside ours."""
import math
import unittest

from program import ProgramTest, rows

CALM = {"title": "A calm year", "horizon": "1 year", "members": 64, "seed": 1, "outputs": ["death_rate", "gait_speed"],
        "patient": {"age": 75, "sex": "male", "country": "japan", "height_cm": 163, "weight_kg": 62,
                    "deficit_burden": 0.15, "physical_activity_level": 1.6},
        "arms": [{"name": "as they are"}]}
FIGURE = {"name": "gait speed", "unit": "m/s", "source": "Seino2014", "measure": {"of": "gait_speed", "at": "0 d"},
          "target": 1.2, "low": 0.5, "high": 2.0, "tolerance": "wide", "standing": "independent"}


class EvidenceTest(ProgramTest):
    def weigh(self, *figures, ids=(), variations=None, more=(), scenario=None):
        evidence = {"title": "A test", "scenario": scenario or CALM, "figures": list(figures)}
        if variations is not None:
            evidence["variations"] = variations
        (self.folder / "evidence").mkdir(exist_ok=True)
        self.write(evidence, "evidence/one.json")
        return self.run_program("evidence", *ids, "--folder", "evidence", *more)

    def complains(self, expected, *figures, **options):
        result = self.weigh(*figures, **options)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(expected, result.stderr)

    def test_a_figure_that_is_met_and_one_that_is_not(self):
        result = self.weigh(FIGURE)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("1 of 1 figures met", result.stdout)
        surprise = self.weigh(dict(FIGURE, low=5, high=6))
        self.assertEqual(surprise.returncode, 1)
        self.assertIn("1 verdicts are not the known ones", surprise.stderr)
        self.assertEqual(self.weigh(dict(FIGURE, low=5, high=6, miss="It walks too slowly.")).returncode, 0)
        self.assertEqual(self.weigh(dict(FIGURE, miss="Thought to be missed.")).returncode, 1)

    def ours(self, *figures, **options):
        lines = self.weigh(*figures, **options).stdout.splitlines()
        return [float(line.split("ours")[1].split("±")[0]) for line in lines if " ours " in line and "published " in line]

    def test_figures_are_made_of_two_measures(self):
        more = {"more": {"patient": {"deficit_burden": 0.25}}}
        rate = {"of": "death_rate", "at": "0 d"}
        base = dict(FIGURE, measure=dict(rate, run="more"), low=-1e9, high=1e9)
        takes = ["difference", "ratio", "change_percent"]
        higher, lower, difference, ratio, percent = self.ours(
            dict(base), dict(base, measure=rate), *(dict(base, take=t, **{"from": rate}) for t in takes), variations=more)
        # Printed with four digits.
        self.assertAlmostEqual(difference / (higher - lower), 1, delta=0.03)
        self.assertAlmostEqual(ratio / (higher / lower), 1, delta=2e-3)
        self.assertAlmostEqual(percent / (100 * (higher / lower - 1)), 1, delta=2e-2)

    def test_the_share_of_people_below_a_level(self):
        share = lambda level: dict(FIGURE, measure={"of": "gait_speed", "below": level}, low=-1, high=2, unit="1")
        none, some, more, everybody = self.ours(share(0.3), share(1.2), share(1.3), share(9))
        self.assertEqual((none, everybody), (0, 1))
        self.assertTrue(0 < some < more < 1, (some, more))
        # A quarter of the people, by the quantile that a run prints; both are linear within a bin.
        self.good("run", self.write(CALM), "-o", "results", "--quiet")
        last = [row for row in rows(self.folder / "results" / "bands.csv") if row["quantity"] == "gait_speed"][-1]
        quarter, = self.ours(share(float(last["q25"])))
        self.assertAlmostEqual(quarter, 0.25, delta=1e-3)  # printed with four digits
        self.complains('/measure/below: is for an output', dict(FIGURE, measure={"of": "life_years", "below": 1}))

    def test_growth_is_per_year_of_the_logarithm(self):
        at_start = {"of": "gait_speed", "at": "0 d"}
        first, last, growth = self.ours(
            FIGURE, dict(FIGURE, measure={"of": "gait_speed"}),
            dict(FIGURE, take="growth_percent_per_year", measure={"of": "gait_speed"}, low=-99, **{"from": at_start}))
        # Printed with four digits: 1e-4 of a ratio near 1 is 0.01 % a year.
        self.assertAlmostEqual(growth, 100 * math.log(last / first), delta=0.03)

    def test_events_make_rates_and_hazard_ratios(self):
        run = dict(CALM, horizon="4 years", added_modules=["admission"], members=400, outputs=["deficit_burden"])
        once = {"of": "admission", "at": "2 years"}
        more, both = dict(once, run="more"), {"more": {"patient": {"deficit_burden": 0.3}}}
        base = dict(FIGURE, low=-1e9, high=1e9)
        few, many, longer, rate, rate_of_many, ratio, reduction, per, burden, burden_of_more = self.ours(
            dict(base, measure=once), dict(base, measure=more), dict(base, measure={"of": "admission"}),
            dict(base, measure=once, take="per_100_person_years"),
            dict(base, measure=more, take="per_100_person_years"),
            dict(base, measure=more, take="hazard_ratio", **{"from": once}),
            dict(base, measure=more, take="hazard_reduction_percent", **{"from": once}),
            dict(base, measure=more, take="hazard_ratio", per={"of": "deficit_burden", "amount": 0.05},
                 **{"from": once}),
            dict(base, measure={"of": "deficit_burden", "at": "2 years"}),
            dict(base, measure={"of": "deficit_burden", "at": "2 years", "run": "more"}),
            scenario=run, variations=both)
        self.assertTrue(0.05 < few < many < 0.95 and few < longer, (few, many, longer))
        hazards = [-math.log1p(-share) for share in (few, many)]
        # Printed with four digits.
        self.assertAlmostEqual(rate / (100 * hazards[0] / 2), 1, delta=2e-3)
        self.assertAlmostEqual(rate_of_many / (100 * hazards[1] / 2), 1, delta=2e-3)
        self.assertAlmostEqual(ratio / (hazards[1] / hazards[0]), 1, delta=2e-3)
        self.assertAlmostEqual(reduction / (100 * (1 - ratio)), 1, delta=1e-2)
        self.assertAlmostEqual(per / ratio ** (0.05 / (burden_of_more - burden)), 1, delta=5e-3)

    def test_values_set_apart_are_those_of_a_scenario_with_them(self):
        rate = dict(FIGURE, measure={"of": "death_rate", "run": "more"}, low=-1e9, high=1e9)
        figures = [rate, dict(rate, measure={"of": "death_rate"})]
        varied, _ = self.ours(*figures, variations={"more": {"patient": {"deficit_burden": 0.25}}})
        here = [rate | {"measure": {"of": "death_rate"}}]
        self.assertEqual(self.ours(*here, more=("--set", "patient.deficit_burden=0.25")), [varied])
        for setting, words in (("members", "expected PATH=VALUE"), ("=3", "expected PATH=VALUE"),
                               ("patient.agee=3", "/patient/agee: unknown key"),
                               ("wisdom=1", "wisdom")):
            result = self.weigh(*here, more=("--set", setting))
            self.assertEqual(result.returncode, 2, result.stderr)
            self.assertIn(words, result.stderr)
        result = self.weigh(*here, more=("--set", "members=32", "--write", "page.md"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("--write puts down all of the evidence as it stands", result.stderr)

    def test_a_table_has_every_figure_in_full(self):
        figures = [FIGURE, dict(FIGURE, name="slow, \"old\"", low=5, high=6, standing="dependent", miss="Too slow.")]
        self.assertEqual(self.weigh(*figures, more=("--table", "table.csv")).returncode, 0)
        one, two = rows(self.folder / "table.csv")
        self.assertEqual([one[key] for key in ("evidence", "figure", "unit", "published", "low", "high", "standing")],
                         ["one", "gait speed", "m/s", "1.2", "0.5", "2", "independent"])
        self.assertEqual((two["figure"], two["standing"]), ("slow, \"old\"", "dependent"))
        self.assertEqual(one["ours"], two["ours"])
        printed, _ = self.ours(*figures)
        self.assertAlmostEqual(float(one["ours"]) / printed, 1, delta=1e-3)
        self.assertGreaterEqual(float(one["error"]), 0)
        result = self.weigh(*figures, more=("--table", "nowhere/table.csv"))
        self.assertEqual((result.returncode, result.stdout), (4, ""))

    def test_the_page_keeps_what_is_written_by_hand(self):
        page = self.folder / "page.md"
        page.write_text("Before\n<!-- generated: agreement -->\nold\n<!-- end -->\nAfter\n")
        self.assertEqual(self.weigh(FIGURE, more=("--write", page)).returncode, 0)
        text = page.read_text()
        self.assertTrue(text.startswith("Before\n<!-- generated: agreement -->\n| figures |"), text)
        self.assertTrue(text.endswith("<!-- end -->\nAfter\n"), text)
        page.write_text("No place\n")
        result = self.weigh(FIGURE, more=("--write", page))
        self.assertEqual(result.returncode, 2)
        self.assertIn("there is no place between", result.stderr)
        self.assertEqual(page.read_text(), "No place\n")

    def test_bad_evidence(self):
        self.complains("/figures/0/from: is missing", dict(FIGURE, take="ratio"))
        self.complains("/figures/0/from: is given, but what is taken is compared with nothing", dict(FIGURE, **{"from": FIGURE["measure"]}))
        self.complains("/figures/0/from: is given, but what is taken is compared with nothing",
                       dict(FIGURE, take="per_100_person_years", **{"from": FIGURE["measure"]}))
        self.complains("/figures/0/from: is missing", dict(FIGURE, take="hazard_ratio"))
        self.complains("/figures/0/per: is given, but no \"hazard_ratio\" is taken",
                       dict(FIGURE, per={"of": "gait_speed", "amount": 1}))
        self.complains("/figures/0/low: found 3, expected at most \"high\"", dict(FIGURE, low=3))
        self.complains("/figures/0/measure/of: there is no \"gait_sped\" in the results; did you mean \"gait_speed\"?",
                     dict(FIGURE, measure={"of": "gait_sped"}))
        self.complains("/figures/0/measure/at: found 100 d, expected a report time", dict(FIGURE, measure={"of": "alive", "at": "100 d"}))
        self.complains("/figures/0/measure/run: there is no variation \"x\"", dict(FIGURE, measure={"of": "alive", "run": "x"}))
        self.complains("/figures/0/measure/arm: there is no arm \"x\"", dict(FIGURE, measure={"of": "alive", "arm": "x"}))
        self.complains("/figures/0/source: \"Nobody1999\" is not among the references", dict(FIGURE, source="Nobody1999"))
        self.complains("/variations/old: /patient/age: found 200 y", dict(FIGURE, measure={"of": "alive", "run": "old"}),
                     variations={"old": {"patient": {"age": 200}}})
        self.complains("there is no evidence \"two\"", FIGURE, ids=["two"])
        result = self.run_program("evidence", "--folder", "nowhere")
        self.assertEqual(result.returncode, 4)
        self.assertIn("nowhere: there is no evidence here", result.stderr)


if __name__ == "__main__":
    unittest.main()
