#!/usr/bin/env python3
"""A run writes a whole folder that can be rerun to the same bytes, or nothing."""
import csv
import io
import json
import re
import signal
import unittest

from program import RunTest, read_json, rows, scenario

FILES = ["bands.csv", "contrasts.csv", "incidence.csv", "outcomes.csv", "run.json", "scenario.json", "timing.json"]
SHARES = ("robust", "prefrail", "frail", "dead")


class Folder(RunTest):
    def test_every_file_is_there_and_stdout_ends_with_the_report(self):
        done = self.good("run", "scenario.json")
        folder = self.folder / "scenario-results"
        names = sorted(path.name for path in folder.iterdir())
        report = "report.html" in names  # absent only from a program built without it
        self.assertEqual(names, sorted(FILES + ["report.html"] * report))
        last = done.stdout.splitlines()[-1]
        self.assertEqual(last, "scenario-results/report.html" if report else "scenario-results")
        self.assertEqual(self.listing(), sorted(["scenario.json", "scenario-results"]
                                                + [f"scenario-results/{name}" for name in names]))

    def test_the_disclaimer_is_on_the_screen_and_in_the_files(self):
        done = self.good("run", "scenario.json", "-o", "results")
        self.assertIn("Research software, not a medical device.", done.stdout)
        for name in ("run.json", "report.html"):
            if (self.folder / "results" / name).exists():
                self.assertIn("not a medical device", (self.folder / "results" / name).read_text(encoding="utf-8"))

    def test_progress_goes_to_stderr_only(self):
        done = self.good("run", "scenario.json", "-o", "results", "--members", "64")
        self.assertIn("100 %", done.stderr)
        self.assertRegex(done.stderr, r"\A(\d+ %\n)+\Z")
        self.assertNotRegex(done.stdout, r"(?m)^\d+ %$")

    def test_quiet_prints_only_the_path(self):
        done = self.good("run", "scenario.json", "-o", "results", "--quiet")
        self.assertRegex(done.stdout, r"\Aresults(/report\.html)?\n\Z")
        self.assertEqual(done.stderr, "")

    def test_force_replaces_the_folder_whole(self):
        folder = self.results("--member", "0")
        self.assertTrue((folder / "member.csv").exists())
        self.results("--force", "--seed", "8")
        self.assertFalse((folder / "member.csv").exists())
        self.assertEqual(read_json(folder / "run.json")["seed"], 8)
        self.assertEqual([path.name for path in self.folder.glob(".*")], [])

    def test_a_folder_may_be_named_with_a_slash_or_from_the_root(self):
        self.good("run", "scenario.json", "-o", "one/", "--quiet")
        self.good("run", "scenario.json", "-o", "one/", "--quiet", "--force")
        self.good("run", "scenario.json", "-o", str(self.folder / "two"), "--quiet")
        self.good("run", "scenario.json", "-o", "one/../three", "--quiet")
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["one", "scenario.json", "three", "two"])


class Tables(RunTest):
    def test_the_tables_are_tidy(self):
        document = scenario()
        document["arms"][1]["name"] = 'diet, "strong"'
        folder = self.results_of(document, "tidy")
        for name in ("bands.csv", "outcomes.csv", "incidence.csv", "contrasts.csv"):
            with self.subTest(name=name):
                text = (folder / name).read_text(encoding="utf-8")
                table = list(csv.reader(io.StringIO(text), strict=True))
                self.assertEqual({len(row) for row in table}, {len(table[0])})
                self.assertEqual(len(set(table[0])), len(table[0]))
                self.assertTrue(text.endswith("\n") and "nan" not in text and "inf" not in text)
        self.assertEqual({row["arm"] for row in rows(folder / "bands.csv")}, {"nothing", 'diet, "strong"'})

    def test_there_is_one_row_for_each_arm_time_and_quantity(self):
        table = rows(self.results() / "bands.csv")
        keys = {(row["arm"], row["time_years"], row["quantity"]) for row in table}
        quantities = {"activity", "strength", "body_weight", *SHARES}
        self.assertEqual(len(keys), len(table))
        self.assertEqual({row["quantity"] for row in table}, quantities)
        times = sorted({float(row["time_years"]) for row in table})
        self.assertEqual((times[0], times[-1], len(times)), (0, 2, 25))
        self.assertEqual(len(table), 2 * 25 * len(quantities))

    def test_the_shares_of_the_frailty_classes_and_the_dead_sum_to_one(self):
        sums = {}
        for row in rows(self.results("--members", "64") / "bands.csv"):
            if row["quantity"] in SHARES:
                key = (row["arm"], row["time_years"])
                sums[key] = sums.get(key, 0) + float(row["mean"])
        self.assertEqual(len(sums), 2 * 25)
        for key, total in sums.items():
            self.assertAlmostEqual(total, 1, places=9, msg=key)

    def test_quantiles_rise(self):
        for row in rows(self.results("--members", "64") / "bands.csv"):
            if row["quantity"] not in SHARES and row["median"]:
                quantiles = [float(row[name]) for name in ("q05", "q25", "median", "q75", "q95")]
                self.assertEqual(quantiles, sorted(quantiles))

    def test_identical_arms_differ_by_exactly_zero(self):
        programme = [{"type": "aerobic_exercise", "start": 30, "dose": 0.5}]
        twins = [{"name": name, "interventions": programme} for name in ("one", "two")]
        table = rows(self.results_of(scenario(arms=twins, members=64), "twins") / "outcomes.csv")
        contrasts = [row for row in table if row["kind"] == "contrast" and row["estimate"]]
        self.assertGreater(len(contrasts), 6)
        for row in contrasts:
            self.assertEqual((float(row["estimate"]), float(row["error"])), (0, 0), row)


class Rerun(RunTest):
    def test_the_resolved_scenario_reruns_to_the_same_bytes(self):
        first = self.results()
        second = self.results(source="results/scenario.json", folder="again")
        self.same(first, second)

    def test_the_resolved_scenario_of_a_rerun_reruns_too(self):
        self.results()
        self.results(source="results/scenario.json", folder="again")
        self.same(self.folder / "results", self.results(source="again/scenario.json", folder="thrice"))

    def test_the_number_of_threads_does_not_change_a_byte(self):
        self.write(scenario(members=64, horizon="3 years"))
        folders = {threads: self.results("--threads", threads, folder=f"threads{threads}") for threads in (1, 2, 3)}
        for threads in (2, 3):
            self.same(folders[1], folders[threads])

    def test_the_command_in_the_report_makes_that_report_again(self):
        for options in ((), ("--member", "5"), ("--members", "3:9")):
            with self.subTest(options=options):
                folder = self.results("--force", *options)
                if not (folder / "report.html").exists():
                    self.skipTest("this program was built without the report")
                command = json.loads(re.search(r'"command":("[^"]*")', (folder / "report.html").read_text())[1])
                name, *arguments = command.split()
                self.assertEqual(name, "healthspan")
                done = self.good(*arguments, "-o", self.folder / "again", "--force", cwd=folder)
                self.assertTrue(done.stdout)
                self.same(folder, self.folder / "again")

    def test_a_resolved_scenario_may_be_run_with_more_members(self):
        self.results()
        folder = self.results("--members", "24", source="results/scenario.json", folder="more")
        self.assertEqual(read_json(folder / "run.json")["members"], 24)
        self.assertEqual(read_json(folder / "scenario.json")["members"], 24)

    def test_an_intervention_of_no_dose_is_dropped_and_changes_nothing(self):
        idle = scenario()
        idle["arms"][0]["interventions"] = [{"type": "aerobic_exercise", "start": 30, "dose": 0},
                                            {"type": "resistance_exercise", "start": 30, "adherence": 0},
                                            {"type": "diet", "start": 30}]
        one, other = self.results(), self.results_of(idle, "idle")
        self.assertEqual(read_json(other / "scenario.json")["arms"][0].get("interventions", []), [])
        self.same(one, other)


class Options(RunTest):
    def test_the_seed_changes_the_results(self):
        one, same, other = (self.results("--seed", seed, folder=folder)
                            for seed, folder in (("7", "one"), ("07", "same"), ("8", "other")))
        self.same(one, same)
        for name in ("bands.csv", "outcomes.csv"):
            self.assertNotEqual((one / name).read_bytes(), (other / name).read_bytes())
        self.assertEqual(read_json(other / "scenario.json")["seed"], 8)

    def test_members_overrides_the_scenario(self):
        folder = self.results("--members", "9")
        self.assertEqual(read_json(folder / "run.json")["members"], 9)
        self.assertEqual(read_json(folder / "scenario.json")["members"], 9)
        alive = [row for row in rows(folder / "outcomes.csv") if row["outcome"] == "alive"]
        self.assertEqual({row["members"] for row in alive}, {"9"})

    def test_a_member_alone_leaves_its_life(self):
        folder = self.results("--member", "5")
        run = read_json(folder / "run.json")
        self.assertEqual((run["first_member"], run["members"]), (5, 1))
        table = rows(folder / "member.csv")
        self.assertEqual({row["member"] for row in table}, {"5"})
        self.assertEqual({row["arm"] for row in table}, {"nothing", "treatment"})
        for row in table:
            self.assertGreater(float(row["strength"]), 0)
        start = {row["arm"]: row["strength"] for row in table if row["time_years"] == "0"}
        self.assertEqual(start["nothing"], start["treatment"])

    def test_the_mean_of_members_run_alone_is_that_of_their_ensemble(self):
        together = self.results("--members", "8")
        # The ensemble's own resolved scenario spares each member the pilot.
        alone = [rows(self.results("--member", k, source="results/scenario.json", folder=f"member{k}") / "outcomes.csv")
                 for k in range(8)]
        for place, row in enumerate(rows(together / "outcomes.csv")):
            if row["members"] != "8" or row["kind"] != "outcome":
                continue  # someone died: the outcome is not defined in all
            mean = sum(float(table[place]["estimate"]) for table in alone) / 8
            self.assertAlmostEqual(mean, float(row["estimate"]), delta=1e-8 * max(1, abs(mean)), msg=row)

    def test_a_member_is_the_same_whatever_the_number_of_members(self):
        one, other = self.results("--member", "5"), self.results("--member", "5", "--members", "3", folder="other")
        self.assertEqual((one / "member.csv").read_bytes(), (other / "member.csv").read_bytes())


class Extremes(RunTest):
    def test_a_stay_for_the_rest_of_life_is_run(self):
        # Activity decays to numbers too small for the machine's normal ones.
        stay = [{"type": "hospital_stay", "start": 0, "duration": 36525}]
        self.results_of(scenario(all_arms=stay, arms=[{"name": "in bed"}], horizon="2 years"), "stay")

    def test_lives_that_cannot_be_followed_are_refused_and_leave_nothing(self):
        hunger = {"type": "diet", "start": 300, "energy_kcal_per_d": -1500}
        name = self.write(scenario(all_arms=[], arms=[{"name": "hunger", "interventions": 3 * [hunger]}]))
        done = self.run_program("run", name, "--quiet")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertRegex(done.stderr, r"\Ahealthspan: scenario.json: \d+ of 16 lives failed numerically[^\n]*\n\Z")
        self.assertEqual(self.listing(), [name])

    def test_one_arm_one_member_and_the_shortest_horizon_are_enough(self):
        folder = self.results_of(scenario(all_arms=[], arms=[{"name": "only"}], members=1, horizon="28 d"), "least")
        self.assertEqual({row["kind"] for row in rows(folder / "outcomes.csv")}, {"outcome"})


class Interruption(RunTest):
    def test_an_interrupted_run_ends_at_once_and_leaves_nothing(self):
        for after in (0, 0.05, 1):  # at once, in the pilot, in the ensemble
            self.assertLess(self.interrupted(after), 2)
            self.assertEqual(self.listing(), ["scenario.json"])

    def test_an_interrupted_run_leaves_the_earlier_result_alone(self):
        self.good("run", "scenario.json", "--quiet")
        before = {path: path.read_bytes() for path in (self.folder / "scenario-results").iterdir()}
        program = self.long_run("--force")
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=30)
        self.assertEqual(program.returncode, 130)
        self.assertEqual({path: path.read_bytes() for path in (self.folder / "scenario-results").iterdir()}, before)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["scenario-results", "scenario.json"])


if __name__ == "__main__":
    unittest.main()
