"""What a study holds, and its pictures."""
import contextlib
import io
import unittest

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from package import MAN, TRAINING, ProgramTest, changed, hs, scenario


class StudyTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.study = hs.run(changed(scenario(), arms=[{"name": "NA"}, {"name": "1", "interventions": TRAINING}]))

    def tearDown(self):
        plt.close("all")

    def test_tables_are_tidy_and_names_stay_names(self):
        bands, outcomes = self.study.bands, self.study.outcomes
        self.assertEqual(bands["arm"].unique().tolist(), ["NA", "1"])
        self.assertEqual(outcomes["reference"].dropna().unique().tolist(), ["NA"])
        self.assertFalse(bands.duplicated(["arm", "time_years", "quantity"]).any())
        self.assertEqual({str(bands[column].dtype) for column in ("time_years", "mean", "q05", "median")}, {"float64"})
        self.assertEqual(bands["time_years"].max(), 2)

    def test_quantiles_are_ordered(self):
        values = self.study.bands[["q05", "q25", "median", "q75", "q95"]].dropna().to_numpy()
        self.assertTrue((np.diff(values, axis=1) >= 0).all())

    def test_scenario_run_and_warnings_are_those_of_the_files(self):
        self.assertEqual(self.study.scenario["patient"]["weight"], 62.2)
        self.assertEqual(self.study.run["seed"], 7)
        self.assertEqual(self.study.warnings, self.study.run["warnings"])
        self.assertEqual(self.study.arms, ["NA", "1"])

    def test_plot_draws_the_medians_of_each_arm_with_a_unit_on_the_axis(self):
        _, ax = plt.subplots()
        self.assertIs(self.study.plot("body_weight", ax=ax), ax)
        self.assertEqual((ax.get_xlabel(), ax.get_ylabel()), ("Years from the start", "Body weight, kg"))
        self.assertEqual([text.get_text() for text in ax.get_legend().get_texts()], ["NA", "1"])
        for line, arm in zip(ax.lines, self.study.arms):
            rows = self.study.bands.query("quantity == 'body_weight' and arm == @arm")
            self.assertTrue((line.get_ydata() == rows["median"]).all())
        self.assertEqual(len(ax.collections), 4)  # two bands an arm

    def test_an_arm_keeps_its_colour_when_alone_and_no_two_share_one(self):
        both, alone = self.study.plot("strength"), self.study.plot("strength", arms=["1"])
        self.assertIsInstance(alone, Axes)
        colours = [to_hex(line.get_color()) for line in both.lines]
        self.assertEqual(len(set(colours)), 2)
        self.assertEqual(to_hex(alone.lines[0].get_color()), colours[1])

    def test_shares_are_drawn_from_nothing_to_all(self):
        ax = self.study.plot("frail")
        self.assertEqual((ax.get_ylim(), ax.get_ylabel(), len(ax.collections)), ((0, 1), "Frail, share of all", 0))

    def test_the_report_is_one_file(self):
        page = self.study.report(self.folder / "report.html")
        self.assertTrue(page.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html"))

    def test_it_shows_itself_as_a_table_that_says_what_it_is_not(self):
        for shown in (self.study._repr_html_(), repr(self.study)):
            self.assertIn("Research software, not a medical device.", shown)
            self.assertIn("Years lived without frailty, y", shown)
            self.assertIn("16 lives in each arm, 2 years", shown)
        self.assertIn("&lt;b&gt;", hs.run(changed(scenario(), title="<b>"))._repr_html_())

    def test_numpy_values_are_numbers(self):
        weight = np.arange(60, 63)[2]
        study = hs.compare(hs.Patient(**{**MAN, "weight_kg": weight}), years=np.float32(2), arms={"nothing": []},
                           members=np.int64(16).item())
        self.assertEqual(study.scenario["patient"]["weight"], 62)

    def test_a_patient_reads_as_it_was_written(self):
        man = hs.Patient(**MAN)
        self.assertEqual(dict(man), MAN)
        self.assertEqual(eval(repr(man), {"Patient": hs.Patient}), man)
        self.assertEqual(hs.Patient(**{**man, "age": 85})["age"], 85)

    def test_progress_counts_up_to_the_whole_or_is_silent(self):
        seen = []
        hs.run(scenario(), progress=lambda done, total: seen.append((done, total)))
        self.assertEqual(seen[-1][0], seen[-1][1])
        for progress, pattern in ((True, r"\r *\r\Z"), (False, r"\A\Z"), (None, r"\A\Z")):
            with contextlib.redirect_stderr(io.StringIO()) as said:
                hs.run(scenario(), progress=progress)
            self.assertRegex(said.getvalue(), pattern)


if __name__ == "__main__":
    unittest.main()
