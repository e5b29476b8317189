"""What a study holds, and its pictures."""
import contextlib
import csv
import io
import unittest

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from package import MAN, TRAINING, ProgramTest, changed, eventful, hs, scenario

ASKED = {"years": [{"name": "fast_years", "while": "gait_speed > 0.9 m/s"}],
         "worth": {"quality": {"robust": 0.85, "prefrail": 0.75, "frail": 0.6},
                   "costs": {"currency": "USD", "per_year": {"robust": 500, "prefrail": 1500, "frail": 6000},
                             "per_event": {"admission": 8000}}},
         "subgroups": [{"name": "NA", "of": "gait_speed < 1.0 m/s"}]}


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

    def test_the_report_has_the_language_that_is_asked_for(self):
        for lang in ("en", "ja"):
            page = self.study.report(self.folder / f"{lang}.html", lang=lang).read_bytes()
            self.assertIn(b'<html lang="%s"' % lang.encode(), page)
            self.assertTrue((self.study.save(self.folder / lang, lang=lang) / "report.html").read_bytes() == page)
        for write in (self.study.report, self.study.save):
            with self.assertRaisesRegex(hs.errors.UnknownNameError, 'no report in "french"; expected one of: en, ja'):
                write(self.folder / "pages", lang="french")
        self.assertFalse((self.folder / "pages").exists())

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


class TablesTest(ProgramTest):
    @classmethod
    def setUpClass(cls):
        cls.study = hs.run(eventful(asked=ASKED))

    def test_every_table_of_the_folder_is_there_with_its_columns_and_cells(self):
        saved = self.study.save(self.folder / "saved")
        self.assertEqual(self.study.tables, ["bands", "contrasts", "cost_effectiveness", "incidence", "outcomes",
                                             "subgroups"])
        self.assertEqual(self.study.tables, sorted(file.stem for file in saved.glob("*.csv")))
        for name in self.study.tables:
            with open(saved / f"{name}.csv", newline="", encoding="utf-8") as stream:
                rows = list(csv.DictReader(stream))
            table = self.study.table(name)
            self.assertEqual(table.columns.tolist(), list(rows[0]))
            self.assertEqual(len(table), len(rows))
            for column in table.columns:
                for value, cell in zip(table[column], (row[column] for row in rows)):
                    if not cell:
                        self.assertTrue(np.isnan(value), (name, column))
                    else:
                        self.assertEqual(value, cell if isinstance(value, str) else float(cell), (name, column))
        self.assertTrue(self.study.table("bands").equals(self.study.bands))

    def test_incidence_and_subgroups_can_be_worked_with(self):
        incidence = self.study.table("incidence")
        whole = incidence["cumulative_incidence"] + incidence["died_without"] + incidence["at_risk"] / 24
        self.assertTrue(np.allclose(whole, 1, atol=1e-9))  # cells have ten digits
        self.assertEqual(self.study.table("subgroups")["subgroup"].unique().tolist(), ["NA"])
        self.assertEqual(self.study.table("cost_effectiveness")["currency"].tolist(), ["USD"])

    def test_a_table_that_is_not_there_is_refused_with_a_hint(self):
        with self.assertRaisesRegex(hs.errors.UnknownNameError, 'no table "incidences".*did you mean "incidence"'):
            self.study.table("incidences")
        with self.assertRaisesRegex(hs.errors.UnknownNameError, 'no table "member" in this study'):
            self.study.table("member")


if __name__ == "__main__":
    unittest.main()
