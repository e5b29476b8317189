#!/usr/bin/env python3
"""How exact a run is, what that takes, and whether other ways of computing agree."""
import math
import re
import time
import unittest

from program import EVENTFUL, RunTest, changed, eventful, read_json, rows, scenario


def outcomes(folder, kind="outcome"):
    """Estimate and error by outcome, arm and unit."""
    return {(row["outcome"], row["arm"], row["unit"]): (float(row["estimate"] or "nan"), float(row["error"] or "nan"))
            for row in rows(folder / "outcomes.csv") if row["kind"] == kind}


def worst_error(folder, outcome):
    """The largest of an outcome's errors over arms and paired differences; ranks have a unit of their own."""
    return max(error for kind in ("outcome", "contrast") for (name, _, unit), (_, error) in
               outcomes(folder, kind).items() if name == outcome and "minus" not in unit and not math.isnan(error))


class Estimate(RunTest):
    def setUp(self):
        super().setUp()
        self.write(eventful())

    def estimate(self, *options, source="scenario.json"):
        before = self.listing()
        done = self.good("run", source, "--estimate", *options)
        self.assertEqual(done.stderr, "")
        self.assertEqual(self.listing(), before)
        return done.stdout

    def memory(self, text):
        return re.search(r"memory: ([\d.]+ \w+) for each of (\d+) threads?, .*\(([\d.]+ \w+) of it a summary\)", text)

    def test_it_prints_and_writes_nothing(self):
        text = self.estimate("--members", "1000", "-o", "out")
        self.assertRegex(text, r"\A1000 members in 2 arms, 4e\+03 patient-years, \d+ steps a life\n")
        self.assertTrue(self.memory(text), text)
        self.assertRegex(text, r"\ntime: about \S+ s, ")
        self.assertNotIn("event log", text)
        self.assertNotIn("snapshot", text)

    def test_memory_is_the_same_for_a_thousand_and_a_million_members(self):
        one, other = (self.estimate("--members", members) for members in ("1000", "1000000"))
        self.assertEqual(self.memory(one)[0], self.memory(other)[0])
        self.assertIn("1000000 members in 2 arms, 4e+06 patient-years", other)

    def test_what_grows_with_members_is_told(self):
        figures = {}
        for members in (1000, 1000000):
            text = self.estimate("--members", members, "--events", "--until", "1 year")
            for what in ("event log", "snapshot"):
                figures[what, members] = float(re.search(rf"{what}: ([\d.]+) MiB", text)[1])
        for what in ("event log", "snapshot"):
            ratio = figures[what, 1000000] / figures[what, 1000]
            self.assertTrue(300 < ratio < 3000, (what, ratio))

    def test_threads_and_parts(self):
        self.assertEqual(self.memory(self.estimate("--threads", "3"))[2], "3")
        self.assertRegex(self.estimate("--members", "2:12"), r"\A10 members in 2 arms, 40 patient-years, ")
        self.assertRegex(self.estimate("--member", "2"), r"\A1 members in 2 arms, 4 patient-years, ")

    def test_more_arms_and_columns_take_more_memory(self):
        def size(document):
            text = self.memory(self.estimate(source=self.write(document, "other.json")))[3].split()
            return float(text[0]) * {"KiB": 1 / 1024, "MiB": 1}[text[1]]
        small = size(eventful(arms=EVENTFUL["arms"][:1], horizon="10 years"))
        large = size(eventful(arms=EVENTFUL["arms"], horizon="10 years"))
        self.assertTrue(1.7 < large / small < 2.3, (small, large))

    def test_the_time_is_of_the_right_order(self):
        said = float(re.search(r"time: about (\S+) s", self.estimate("--members", "4000", "--threads", "1"))[1])
        self.good("run", "scenario.json", "--members", "4000", "--threads", "1", "-o", "out", "--quiet")
        took = read_json(self.folder / "out" / "timing.json")["seconds"]["ensemble"]
        self.assertTrue(took / 8 < said < 8 * took, (said, took))

    @unittest.expectedFailure  # estimate() times the lanes whatever the solver
    def test_a_slow_solver_is_told_to_be_slow(self):
        self.write(eventful(solver={"method": "reference", "tolerance": 1e-12}))
        said = float(re.search(r"time: about (\S+) s", self.estimate("--members", "50", "--threads", "1"))[1])
        self.good("run", "scenario.json", "--members", "50", "--threads", "1", "-o", "out", "--quiet")
        took = read_json(self.folder / "out" / "timing.json")["seconds"]["ensemble"]
        self.assertTrue(took / 8 < said < 8 * took, (said, took))

    def test_a_run_that_stops_early_is_told_to_be_shorter(self):
        text = self.estimate("--members", "1000", "--until", "1 year")
        self.assertRegex(text, r"\A1000 members in 2 arms, 2e\+03 patient-years, ")

    def test_wrong_use(self):
        self.refused(["run", "nowhere.json", "--estimate"], 4, "nowhere.json")
        self.refused(["run", self.write(eventful(members=0), "bad.json"), "--estimate"], 2, "/members")
        self.refused(["run", "scenario.json", "--estimate", "--until", "9 years"], 2, "--until")


class TargetError(RunTest):
    def setUp(self):
        super().setUp()
        self.document = self.settled(scenario(members=20000, horizon="1 year"))

    def test_the_error_is_at_most_the_target(self):
        for outcome, error in (("alive", 0.005), ("strength", 0.004), ("life_years", 0.01)):
            with self.subTest(outcome=outcome):
                folder = self.results("--target-error", f"{outcome}={error}", folder=outcome)
                members = read_json(folder / "run.json")["members"]
                self.assertLess(members, 20000)
                self.assertLessEqual(worst_error(folder, outcome), error)
                # Not many more than the square root law asks for, beyond a first round of 512.
                self.assertLess(members, max(1200, 2 * members * (worst_error(folder, outcome) / error) ** 2))

    def test_a_smaller_error_takes_more_members(self):
        folders = [self.results("--target-error", f"alive={error}", folder=f"{error}")
                   for error in (0.01, 0.005, 0.0035)]
        members = [read_json(folder / "run.json")["members"] for folder in folders]
        self.assertEqual(members, sorted(members))
        self.assertLess(members[0], members[-1])

    def test_it_is_the_run_of_so_many_members(self):
        folder = self.results("--target-error", "alive=0.005")
        members = read_json(folder / "run.json")["members"]
        self.assertEqual(read_json(folder / "scenario.json")["members"], members)
        self.same(folder, self.results("--members", members, folder="plain"))
        self.same(folder, self.results(source="results/scenario.json", folder="again"))

    def test_threads_and_a_log_of_events_change_nothing(self):
        target = "--target-error", "alive=0.005"
        one, two = (self.results(*target, "--events", "--threads", threads, folder=f"{threads}")
                    for threads in (1, 2))
        self.same(one, two)
        self.same(one, self.results("--events", source="1/scenario.json", folder="again"))
        self.same(one, self.results(*target, folder="silent"), left_out=("events.csv",))

    def test_there_are_no_more_members_than_the_scenario_has(self):
        folder = self.results("--target-error", "alive=0.0001", "--members", "600")
        self.assertEqual(read_json(folder / "run.json")["members"], 600)
        self.assertGreater(worst_error(folder, "alive"), 0.0001)

    def test_a_target_that_is_missed_is_told(self):
        done = self.good("run", "scenario.json", "--target-error", "alive=0.0001", "--members", "600", "-o", "missed")
        plain = self.good("run", "scenario.json", "--members", "600", "-o", "plain")
        self.assertNotEqual(done.stdout.replace("missed", "plain") + done.stderr, plain.stdout + plain.stderr)

    def test_an_unknown_outcome_is_refused_with_the_known_ones(self):
        message = self.refused(["run", "scenario.json", "--quiet", "--target-error", "wisdom=0.02"], 2,
                               'no outcome "wisdom"')
        for name in ("healthy_life_years", "life_years", "alive", "frail", "activity", "strength", "body_weight"):
            self.assertIn(name, message)
        self.refused(["run", "scenario.json", "--quiet", "--target-error", "alife=0.02"], 2, 'did you mean "alive"?')

    def test_an_unknown_outcome_is_refused_however_few_the_members(self):
        self.refused(["run", "scenario.json", "--target-error", "wisdom=0.02", "--members", "500"], 2, "wisdom")

    @unittest.expectedFailure  # the name is not looked at
    def test_an_unknown_outcome_is_refused_before_an_estimate(self):
        self.refused(["run", "scenario.json", "--target-error", "wisdom=0.02", "--estimate"], 2, "wisdom")

    def test_what_is_no_target_is_refused(self):
        for text in ("alive", "alive=", "alive=x", "alive=-1", "alive=0", "alive=nan", "alive=inf", "0.02",
                     "alive=1e-3x", "alive=0.02 share"):
            with self.subTest(text=text):
                self.refused(["run", "scenario.json", "--target-error", text], 2, "--target-error")
        for options in (("--member", "3"), ("--members", "0:10"), ("--until", "6 months"), ("--from", "aside")):
            self.refused(["run", "scenario.json", "--target-error", "alive=0.02", *options], 2, "choose the members")

    @unittest.expectedFailure  # each round counts to 100 % by itself, and after the first nothing is shown
    def test_progress_does_not_end_before_the_run(self):
        done = self.good("run", "scenario.json", "--target-error", "alive=0.0035", "-o", "out")
        percents = [int(line.split()[0]) for line in done.stderr.splitlines()]
        self.assertGreater(read_json(self.folder / "out" / "run.json")["members"], 2048)
        self.assertLess(percents[0], 50)
        self.assertGreater(len(percents), 1)
        self.assertEqual(percents[-1], 100)
        self.assertNotEqual(done.stderr, self.good("run", "scenario.json", "--members", "512", "-o", "few").stderr)


class Deadline(RunTest):
    def setUp(self):
        super().setUp()
        self.document = self.settled(scenario(members=100000000, horizon="1 year"))

    def test_it_records_its_members_and_reruns_to_the_same_bytes(self):
        begin = time.monotonic()
        folder = self.results("--deadline", "1s")
        self.assertLess(time.monotonic() - begin, 8)
        members = read_json(folder / "run.json")["members"]
        self.assertTrue(512 <= members < 100000000, members)
        self.assertEqual(read_json(folder / "scenario.json")["members"], members)
        self.same(folder, self.results(source="results/scenario.json", folder="again"))
        self.same(folder, self.results("--members", members, "--threads", "1", folder="plain"))

    def test_the_least_is_one_round_and_the_most_the_scenarios_members(self):
        self.assertEqual(read_json(self.results("--deadline", "0.001 s") / "run.json")["members"], 512)
        folder = self.results("--deadline", "10 h", "--members", "700", folder="few")
        self.assertEqual(read_json(folder / "run.json")["members"], 700)

    def test_with_a_target_what_is_met_first_counts(self):
        folder = self.results("--deadline", "10 h", "--target-error", "alive=0.005")
        self.assertLessEqual(worst_error(folder, "alive"), 0.005)
        folder = self.results("--deadline", "0.001 s", "--target-error", "alive=0.0001", folder="short")
        self.assertEqual(read_json(folder / "run.json")["members"], 512)

    def test_what_is_no_time_is_refused(self):
        for text in ("soon", "1", "1m", "1 year", "0 s", "-1 s", "1e9 s", "s"):
            with self.subTest(text=text):
                self.refused(["run", "scenario.json", "--deadline", text], 2, "--deadline")
        self.refused(["run", "scenario.json", "--deadline", "1s", "--members", "0:10"], 2, "choose the members")


class WeighedDeaths(RunTest):
    def setUp(self):
        super().setUp()
        self.document = self.settled(eventful(members=256))
        self.sampled = self.results(folder="sampled")
        self.weighed = self.results_of(changed(self.document, deaths="weighed"), "weighed")

    def test_the_living_agree_and_are_known_better(self):
        one, other = outcomes(self.sampled), outcomes(self.weighed)
        for (name, arm, unit), (value, error) in one.items():
            with self.subTest(outcome=name, arm=arm):
                weighed, its_error = other[name, arm, unit]
                self.assertLess(abs(weighed - value), 4 * math.hypot(error, its_error))
                if name in ("alive", "life_years"):
                    self.assertLess(its_error, 0.5 * error)

    def test_paired_differences_agree(self):
        one, other = outcomes(self.sampled, "contrast"), outcomes(self.weighed, "contrast")
        self.assertEqual(set(one), set(other))
        for key, (value, error) in one.items():
            with self.subTest(contrast=key):
                if key[2] == "share":
                    error = max(error, 1 / 256)  # where no pair of 256 differs, one in 256 still might
                self.assertLess(abs(other[key][0] - value), 4 * math.hypot(error, other[key][1]) + 1e-9)
                self.assertGreaterEqual(other[key][1], 0)

    def test_numbers_of_the_living_are_fractions(self):
        table = rows(self.weighed / "bands.csv")
        living = {(row["arm"], float(row["time_years"])): float(row["living"]) for row in table}
        self.assertEqual({living[arm, 0] for arm in ("nothing", "treatment")}, {256})
        self.assertTrue(all(number != int(number) for (_, year), number in living.items() if year))
        for arm in ("nothing", "treatment"):
            course = [number for (name, _), number in sorted(living.items()) if name == arm]
            self.assertEqual(course, sorted(course, reverse=True))
            self.assertAlmostEqual(course[-1] / 256, outcomes(self.weighed)["alive", arm, "share"][0], 6)
        self.assertTrue(all(row["living"].isdigit() for row in rows(self.sampled / "bands.csv")))

    def test_shares_make_the_whole(self):
        shares = {}
        for row in rows(self.weighed / "bands.csv"):
            if row["unit"] == "share of all":
                place = row["arm"], row["time_years"]
                shares[place] = shares.get(place, 0) + float(row["mean"])
        for share in shares.values():
            self.assertAlmostEqual(share, 1, 6)

    @unittest.expectedFailure  # bands.csv has sqrt(p (1 - p) / n) for every share, as if deaths were sampled
    def test_the_share_of_the_dead_has_the_error_of_its_outcome(self):
        for arm in ("nothing", "treatment"):
            error = next(float(row["mean_error"]) for row in rows(self.weighed / "bands.csv")
                         if (row["arm"], row["time_years"], row["quantity"]) == (arm, "2", "dead"))
            self.assertLess(error, 1.5 * outcomes(self.weighed)["alive", arm, "share"][1])

    def test_the_report_is_there_and_the_run_repeats(self):
        self.assertEqual((self.weighed / "report.html").exists(), (self.sampled / "report.html").exists())
        if (self.weighed / "report.html").exists():
            self.assertIn("</html>", (self.weighed / "report.html").read_text(encoding="utf-8"))
        self.assertEqual(read_json(self.weighed / "scenario.json")["deaths"], "weighed")
        self.same(self.weighed, self.results(source="weighed/scenario.json", folder="again"))
        self.same(self.weighed, self.results("--threads", "1", source="weighed.json", folder="one thread"))

    def test_a_story_does_not_call_alive_who_is_so_with_a_probability(self):
        told = self.good("why", "weighed.json", "--member", "3").stdout
        self.assertRegex(told, r"0\.\d+|weighed|probab|\d %")
        self.assertNotRegex(told, r"alive; (robust|prefrail|frail)")


class Solvers(RunTest):
    # Of each output: how far two solvers may lie apart. The lanes step by half a month, with errors of up to 1e-2 of
    # the range of an output in 1 % of the members (the pilot refines beyond that); the adaptive methods at 1e-8 agree
    # to what is left of six to seven digits after two years.
    LANES = {"activity": 5e-3, "strength": 5e-4, "gait_speed": 1e-3}
    ADAPTIVE = {"activity": 2e-6, "strength": 2e-6, "gait_speed": 2e-6}

    def setUp(self):
        super().setUp()
        # Chance has no part in it: where a level is crossed slowly, a tiny error would move an event by days.
        document = eventful(deaths="weighed", all_arms=EVENTFUL["all_arms"][1:])
        document["events"] = [EVENTFUL["events"][0]]
        del document["added_modules"]
        document["arms"][1]["interventions"] = EVENTFUL["arms"][1]["interventions"][1:]
        self.document = self.settled(document)

    def solved(self, method, tolerance=1e-8, *options):
        solver = {"method": method, "tolerance": tolerance}
        return self.results_of(changed(self.document, solver=solver), f"{method}{tolerance}{options}", *options)

    def apart(self, one, other):
        """The largest difference of each output over arms and times."""
        result = {}
        for first, second in zip(rows(one / "bands.csv"), rows(other / "bands.csv"), strict=True):
            if first["quantity"] in self.LANES:
                difference = abs(float(first["mean"]) - float(second["mean"]))
                result[first["quantity"]] = max(result.get(first["quantity"], 0), difference)
        return result

    def test_lanes_and_adaptive_methods_agree_for_a_member(self):
        for member in ("0", "5", "11"):
            lanes, reference, stiff = (self.solved(method, 1e-8, "--member", member)
                                       for method in ("lanes", "reference", "rosenbrock"))
            for (one, other), most in (((lanes, reference), self.LANES), ((lanes, stiff), self.LANES),
                                       ((reference, stiff), self.ADAPTIVE)):
                for output, difference in self.apart(one, other).items():
                    with self.subTest(member=member, one=one.name, other=other.name, output=output):
                        self.assertLess(difference, most[output])
                        self.assertTrue(difference > 0 or one.name[:5] == other.name[:5] or most is self.ADAPTIVE)

    def test_the_ensembles_agree(self):
        lanes, reference = self.solved("lanes"), self.solved("reference")
        for output, difference in self.apart(lanes, reference).items():
            self.assertLess(difference, self.LANES[output])
        for key, (value, error) in outcomes(lanes).items():
            other = outcomes(reference)[key][0]
            self.assertLess(abs(value - other), 0.05 * error + 1e-9, key)

    def test_a_smaller_tolerance_comes_nearer(self):
        exact = self.solved("reference", 1e-11, "--member", "5")
        distances = [max(self.apart(exact, self.solved("reference", tolerance, "--member", "5")).values())
                     for tolerance in (1e-3, 1e-5, 1e-8)]
        self.assertEqual(distances, sorted(distances, reverse=True))
        self.assertLess(distances[-1], 1e-6)

    def test_lanes_are_what_a_scenario_without_a_solver_has(self):
        plain, lanes = self.results(), self.solved("lanes")
        self.same(plain, lanes, but=("timing.json", "scenario.json", "report.html"))  # the report shows the scenario
        self.assertNotIn("solver", read_json(plain / "scenario.json"))
        self.assertEqual(read_json(lanes / "scenario.json")["solver"]["method"], "lanes")

    def test_the_solver_is_in_the_resolved_scenario_and_reruns(self):
        for method in ("reference", "rosenbrock"):
            folder = self.solved(method, 1e-6)
            self.assertEqual(read_json(folder / "scenario.json")["solver"], {"method": method, "tolerance": 1e-6})
            self.same(folder, self.results(source=f"{folder.name}/scenario.json", folder=f"{method} again"))
            self.same(folder, self.results("--threads", "1", source=f"{folder.name}.json", folder=f"{method} thread"))

    def test_the_life_of_a_member_is_that_of_its_solver(self):
        lives = [self.solved(method, 1e-3, "--member", "5") for method in ("lanes", "reference", "rosenbrock")]
        self.assertEqual(len({(folder / "member.csv").read_bytes() for folder in lives}), 3)

    def stiff(self, **changes):
        return {"title": "Stiff", "patient": EVENTFUL["patient"], "modules": ["topp_full"],
                "outputs": ["glucose", "insulin"], "horizon": "3 months", "members": 4, "arms": [{"name": "only"}],
                **changes}

    def test_a_stiff_module_is_followed_by_the_adaptive_methods(self):
        numerics = {"substeps_per_month": 2, "ranges": {"glucose": [0, 600], "insulin": [0, 200]}}
        for method in ("reference", "rosenbrock"):
            folder = self.results_of(self.stiff(numerics=numerics, solver={"method": method}), method)
            self.assertAlmostEqual(outcomes(folder)["glucose", "only", "mg/dl"][0], 100, 4)
            self.assertAlmostEqual(outcomes(folder)["insulin", "only", "uU/ml"][0], 10, 4)

    def test_a_stiff_module_needs_no_numerics_of_somebody_elses_pilot(self):
        self.results_of(self.stiff(solver={"method": "rosenbrock"}), "stiff")


class Interruption(RunTest):
    def test_a_long_run_ends_within_seconds_whatever_its_way(self):
        self.settled(eventful())
        for options in (("--events",), ("--deadline", "1 h"), ("--target-error", "alive=1e-6"), ("--quiet",)):
            with self.subTest(options=options):
                self.assertLess(self.interrupted(0.5, *options, members="1000000"), 4)
                self.assertEqual(self.listing(), ["scenario.json"])

    def test_a_slow_solver_too(self):
        self.settled(eventful(solver={"method": "reference", "tolerance": 1e-12}))
        took = self.interrupted(0.5, members="1000000")
        self.assertEqual(self.listing(), ["scenario.json"])
        self.assertLess(took, 2)

    def test_while_lives_are_put_aside_or_taken_up(self):
        document = self.settled(eventful(arms=EVENTFUL["arms"][:1]))
        self.assertLess(self.interrupted(0.3, "--until", "1 year", members="100000"), 4)
        self.assertEqual(self.listing(), ["scenario.json"])
        self.results("--until", "1 month", "--members", "20000", folder="aside")
        self.write(changed(document, horizon="40 years"))
        before = self.listing()
        self.assertLess(self.interrupted(0.3, "--from", "aside", members="20000"), 4)
        self.assertEqual(self.listing(), before)

    def test_a_part_leaves_nothing(self):
        self.settled(eventful(members=1000000))
        self.assertLess(self.interrupted(0.5, members="0:1000000"), 4)
        self.assertEqual(self.listing(), ["scenario.json"])


if __name__ == "__main__":
    unittest.main()
