#!/usr/bin/env python3
"""What is asked: events and their incidence, contrasts, years, severity, worth and subgroups."""
import math
import unittest

from program import ROOT, ProgramTest, RunTest, changed, eventful, read_json, rows, scenario

EXAMPLE_POLICY = ROOT / "examples" / "policy.json"

ASKED = {
    "years": [{"name": "disability_free_years", "while": "gait_speed >= 0.4 m/s and activity > 0.2"},
              {"name": "frailty_free_years", "while": "jchs_criteria < 3"},
              {"name": "all_years", "while": "age > 0"},
              {"name": "frail_years", "while": "not jchs_criteria < 3"}],
    "onset": [{"event": "slowing", "quantity": "gait_speed"}],
    "worth": {"quality": {"robust": 0.85, "prefrail": 0.75, "frail": 0.6},
              "costs": {"currency": "USD", "per_year": {"robust": 500, "prefrail": 1500, "frail": 6000},
                        "per_event": {"admission": 8000, "death": 2000}, "per_arm": {"treatment": 300},
                        "per_year_of_arm": {"treatment": 120}},
              "discount": 0.03},
    "subgroups": [{"name": "women", "of": "female"}, {"name": "strong", "of": "gait_speed >= 0.9 m/s"},
                  {"name": "weak, or so", "of": "not gait_speed >= 0.9 m/s"}],
}


def asked(**changes):
    return eventful(asked=changed(ASKED, **changes))


def worth(quality=None, costs=None, discount=0.0):
    result = {"discount": discount}
    if quality is not None:
        result["quality"] = {"robust": quality, "prefrail": quality, "frail": quality}
    if costs:
        result["costs"] = {"currency": "EUR", **costs}
    return {"worth": result}


class Tallies(RunTest):
    def test_the_incidence_of_every_event_is_that_of_the_log(self):
        """A policy whose programme people give up, stop and miss visits of: what is no event must not be counted as one."""
        folder = self.folder / "policy"
        self.good("run", EXAMPLE_POLICY, "-o", folder, "--members", 150, "--events", "--quiet")
        had = {}
        kinds = set()
        for row in rows(folder / "events.csv"):
            kinds.add(row["kind"])
            if row["kind"] in ("scheduled", "found", "triggered", "random"):
                had.setdefault((row["arm"], row["event"]), set()).add(row["member"])
        self.assertLessEqual({"given up", "missed", "reaction", "visit"}, kinds)
        last = {(row["arm"], row["event"]): row for row in rows(folder / "incidence.csv")}
        self.assertGreater(len(last), 5)
        for key, row in last.items():
            self.assertAlmostEqual(float(row["cumulative_incidence"]), len(had.get(key, ())) / 150, delta=1e-9, msg=key)


class Outcomes(RunTest):
    def outcomes(self, document, folder="out", *options):
        folder = self.results_of(document, folder, *options)
        return {(row["kind"], row["outcome"], row["arm"], row["rule"] == "death ranked worst"): row
                for row in rows(folder / "outcomes.csv")}

    def estimate(self, table, outcome, arm="nothing", kind="outcome"):
        return table[kind, outcome, arm, False]["estimate"]

    def test_a_scenario_that_asks_nothing_has_the_usual_outcomes(self):
        usual = self.results_of(eventful(), "usual")
        more = self.results_of(asked(), "more")
        text = (more / "outcomes.csv").read_text(encoding="utf-8").splitlines()
        for line in (usual / "outcomes.csv").read_text(encoding="utf-8").splitlines():
            self.assertIn(line, text)
        self.assertEqual((usual / "bands.csv").read_bytes(), (more / "bands.csv").read_bytes())
        self.assertEqual((usual / "incidence.csv").read_bytes(), (more / "incidence.csv").read_bytes())
        self.assertFalse((usual / "subgroups.csv").exists())
        self.assertNotIn("asked", read_json(usual / "scenario.json"))

    def test_years_are_those_of_the_classes_where_the_condition_is_the_class(self):
        table = self.outcomes(asked())
        for arm in ("nothing", "treatment"):
            self.assertEqual(self.estimate(table, "frailty_free_years", arm),
                             self.estimate(table, "healthy_life_years", arm))
            self.assertEqual(self.estimate(table, "all_years", arm), self.estimate(table, "life_years", arm))
            # What is frail is the rest; ten digits are written.
            self.assertAlmostEqual(float(self.estimate(table, "frail_years", arm)) +
                                   float(self.estimate(table, "frailty_free_years", arm)),
                                   float(self.estimate(table, "life_years", arm)), delta=1e-8)

    def test_a_year_worth_one_without_discount_is_a_life_year(self):
        for deaths in ("sampled", "weighed"):
            table = self.outcomes(eventful(deaths=deaths, asked=worth(quality=1)), deaths)
            for kind, arm in (("outcome", "nothing"), ("outcome", "treatment"), ("contrast", "treatment")):
                for cell in ("estimate", "error", "members"):
                    self.assertEqual(table[kind, "qaly", arm, False][cell],
                                     table[kind, "life_years", arm, False][cell])

    def test_a_year_worth_nothing_is_none_and_a_half_is_half(self):
        table = self.outcomes(eventful(asked=worth(quality=0)), "none")
        self.assertEqual(self.estimate(table, "qaly"), "0")
        table = self.outcomes(eventful(asked=worth(quality=0.5)), "half")
        self.assertAlmostEqual(float(self.estimate(table, "qaly")), float(self.estimate(table, "life_years")) / 2,
                               delta=1e-9)

    def test_a_constant_stream_is_discounted_in_closed_form(self):
        # Nobody of 60 dies here within two years of those that are drawn, so all live the whole time.
        young = scenario(asked=worth(quality=1, costs={"per_year": {"robust": 700, "prefrail": 700, "frail": 700}},
                                     discount=0.05))
        young["patient"] = changed(young["patient"], age=60, deficit_burden=0.03)
        table = self.outcomes(young, "young")
        self.assertEqual(self.estimate(table, "alive"), "1")
        years = (1 - 1.05 ** -2) / math.log(1.05)
        # Days are kept to 2^-20, a cost to 2^-39 of the largest.
        self.assertAlmostEqual(float(self.estimate(table, "qaly")), years, delta=1e-8)
        self.assertAlmostEqual(float(self.estimate(table, "cost")), 700 * years, delta=1e-6)

    def test_events_cost_what_they_are_counted(self):
        document = eventful(asked=worth(costs={"per_event": {"admission": 100, "call": 1}}))
        folder = self.results_of(document, "out", "--events")
        log = [row for row in rows(folder / "events.csv") if row["kind"] != "reaction"]
        for arm in ("nothing", "treatment"):
            calls = sum(row["arm"] == arm and row["event"] == "call" for row in log)
            admissions = sum(row["arm"] == arm and row["event"] == "admission" for row in log)
            cost, = [row for row in rows(folder / "outcomes.csv")
                     if (row["kind"], row["outcome"], row["arm"]) == ("outcome", "cost", arm)]
            self.assertEqual(cost["unit"], "EUR")
            self.assertAlmostEqual(float(cost["estimate"]), (100 * admissions + calls) / 24, delta=1e-7)

    def test_an_arm_costs_what_it_costs(self):
        table = self.outcomes(eventful(asked=worth(costs={"per_arm": {"treatment": 10},
                                                          "per_year_of_arm": {"treatment": 100}})))
        self.assertEqual(self.estimate(table, "cost"), "0")
        years = float(self.estimate(table, "life_years", "treatment"))
        self.assertAlmostEqual(float(self.estimate(table, "cost", "treatment")), 10 + 100 * years, delta=1e-7)

    def test_incidence_is_that_of_the_log(self):
        folder = self.results_of(eventful(), "out", "--events")
        first = {}
        for row in rows(folder / "events.csv"):
            if row["kind"] not in ("visit", "reaction"):
                first.setdefault((row["arm"], row["event"], row["member"]), float(row["time_years"]))
        death = {key[::2]: time for key, time in first.items() if key[1] == "death"}
        table = rows(folder / "incidence.csv")
        self.assertEqual({row["event"] for row in table},
                         {"death", "admission", "call", "slow", "slowing"})
        never = math.inf
        for row in table:
            arm, event, at = row["arm"], row["event"], float(row["time_years"])
            lives = [(first.get((arm, event, str(m)), never), death.get((arm, str(m)), never)) for m in range(24)]
            had = sum(one <= at for one, _ in lives)
            with self.subTest(row=row):
                self.assertAlmostEqual(float(row["cumulative_incidence"]), had / 24, delta=1e-9)
                self.assertEqual(int(row["at_risk"]), sum(one > at and end > at for one, end in lives))
                self.assertAlmostEqual(float(row["died_without"]),
                                       sum(end <= at and one > end for one, end in lives) / 24, delta=1e-9)
                self.assertAlmostEqual(float(row["standard_error"]), math.sqrt(had / 24 * (1 - had / 24) / 23),
                                       delta=1e-9)

    def test_contrasts_fit_the_shares_of_both_arms(self):
        folder = self.results_of(eventful(asked=ASKED, members=200), "out")
        table = rows(folder / "contrasts.csv")
        risks = [row for row in table if row["unit"] == "share"]
        self.assertGreaterEqual(len(risks), 5)
        clear = 0
        for row in risks:
            number = {key: float(value) if value else None for key, value in row.items()
                      if key not in ("arm", "reference", "outcome", "unit", "needed_to", "note")}
            one, zero, difference = number["value"], number["reference_value"], number["difference"]
            with self.subTest(row=row):
                self.assertAlmostEqual(difference, one - zero, delta=1e-9)
                self.assertAlmostEqual(number["helped_paired"] - number["harmed_paired"], -difference, delta=1e-9)
                self.assertAlmostEqual(number["helped_independent"], zero * (1 - one), delta=1e-9)
                self.assertAlmostEqual(number["helped_least"], max(0, zero - one), delta=1e-9)
                self.assertAlmostEqual(number["helped_most"], min(zero, 1 - one), delta=1e-9)
                self.assertAlmostEqual(number["harmed_most"], min(one, 1 - zero), delta=1e-9)
                for who in ("helped", "harmed"):
                    for how in ("paired", "independent"):
                        self.assertLessEqual(number[f"{who}_least"] - 1e-9, number[f"{who}_{how}"])
                        self.assertLessEqual(number[f"{who}_{how}"], number[f"{who}_most"] + 1e-9)
                if zero and one:
                    self.assertAlmostEqual(number["relative_risk"], one / zero, delta=1e-8)
                if row["needed_to"] == "neither shown":
                    self.assertIsNone(number["needed"])
                else:
                    clear += 1
                    self.assertAlmostEqual(number["needed"], 1 / abs(difference), delta=1e-6)
                self.assertIn("not observable", row["note"])
        lived, = [row for row in table if row["outcome"] == "life_years"]
        usual, = [row for row in rows(folder / "outcomes.csv")
                  if (row["kind"], row["outcome"]) == ("contrast", "life_years")]
        self.assertEqual((lived["difference"], lived["error"]), (usual["estimate"], usual["error"]))

    def test_subgroups_that_share_out_the_members_add_up(self):
        folder = self.results_of(eventful(asked=ASKED, members=100), "out")
        table = rows(folder / "subgroups.csv")
        whole = {(row["kind"], row["outcome"], row["arm"]): row for row in rows(folder / "outcomes.csv")
                 if row["rule"] != "death ranked worst"}
        groups = {name: {(row["kind"], row["outcome"], row["arm"]): row for row in table if row["subgroup"] == name}
                  for name in ("women", "strong", "weak, or so")}
        compared = 0
        for key, row in whole.items():
            self.assertEqual(groups["women"][key]["members"], "0")  # a man
            self.assertEqual(groups["women"][key]["estimate"], "")
            parts = [groups[name][key] for name in ("strong", "weak, or so")]
            n = [int(part["members"]) for part in parts]
            self.assertEqual(sum(n), int(row["members"]))
            if not all(n):
                continue
            compared += min(n) > 5
            total = sum(float(part["estimate"]) * size for part, size in zip(parts, n))
            self.assertAlmostEqual(total / sum(n), float(row["estimate"]),
                                   delta=1e-8 * max(1, abs(float(row["estimate"]))))
        self.assertGreater(compared, 10)
        self.assertIn(("contrast", "admission", "treatment"), groups["strong"])

    def test_severity_is_that_of_the_report_after_the_event(self):
        document = eventful(members=1, asked={"onset": ASKED["onset"]})
        for member in range(40):
            folder = self.results(f"--member={member}", "--events", "--force",
                                  source=self.write(document, "one.json"), folder="out")
            struck = [float(row["time_years"]) for row in rows(folder / "events.csv")
                      if (row["arm"], row["event"]) == ("nothing", "slowing")]
            life = [(float(row["time_years"]), float(row["gait_speed"])) for row in rows(folder / "member.csv")
                    if row["arm"] == "nothing"]
            after = [(at, value) for at, value in life if struck and at > struck[0]]
            if not after or after[-1][0] < after[0][0] + 1:
                continue
            value = self.named(folder, "gait_speed_at_slowing")
            self.assertAlmostEqual(float(value["estimate"]), after[0][1], delta=1e-9)
            later = next(entry for entry in after if entry[0] >= after[0][0] + 1 - 1e-9)
            slope = self.named(folder, "gait_speed_slope_after_slowing")
            self.assertAlmostEqual(float(slope["estimate"]), (later[1] - after[0][1]) / (later[0] - after[0][0]),
                                   delta=1e-8)
            return
        self.fail("nobody lived on for a year")

    def named(self, folder, outcome):
        row, = [row for row in rows(folder / "outcomes.csv")
                if (row["kind"], row["outcome"], row["arm"]) == ("outcome", outcome, "nothing")]
        return row

    def test_threads_parts_and_a_rerun_change_no_byte(self):
        for deaths in ("sampled", "weighed"):
            document = self.settled(changed(asked(), deaths=deaths))
            whole = self.results("--threads", "1", folder=deaths)
            self.same(whole, self.results("--threads", "3", folder=f"{deaths} 3"))
            self.same(whole, self.results(source=whole / "scenario.json", folder=f"{deaths} again"))
            self.results("--members", "0:9", folder=f"{deaths} a")
            self.results("--members", "9:24", folder=f"{deaths} b")
            self.good("merge", f"{deaths} b", f"{deaths} a", "-o", f"{deaths} merged", "--quiet")
            self.same(whole, self.folder / f"{deaths} merged")
            self.assertIn("asked", document)

    def test_a_run_in_two_halves_has_the_same_outcomes(self):
        self.settled(asked())
        whole = self.results(folder="whole")
        self.results("--until", "1 year", folder="half")
        rest = self.results("--from", "half", folder="rest")
        for table in ("outcomes.csv", "incidence.csv", "contrasts.csv", "subgroups.csv", "cost_effectiveness.csv"):
            self.assertEqual((whole / table).read_bytes(), (rest / table).read_bytes(), table)

    def test_a_fork_may_not_ask_for_something_else(self):
        self.settled(asked())
        self.results("--until", "1 year", folder="half")
        self.write(eventful(), "other.json")
        done = self.run_program("run", "other.json", "--from", "half", "-o", "rest")
        self.assertEqual(done.returncode, 2)
        self.assertIn("the snapshot is of another run", done.stderr)

    def test_the_terminal_says_who_had_what(self):
        arms = [{"name": "nothing"},
                {"name": "treatment", "interventions": [{"type": "resistance_exercise"}, {"type": "aerobic_exercise"}]}]
        shown = self.good("run", self.write(eventful(asked=ASKED, members=300, arms=arms)), "-o", "out").stdout
        for words in ("Share with an event by the end", "Admission", "to treat with", "Cost at 3 %, USD",
                      "The same for 3 subgroups: subgroups.csv", '"treatment" against "nothing":'):
            self.assertIn(words, shown)

    def test_run_json_has_the_same_numbers(self):
        folder = self.results_of(asked(), "out")
        document = read_json(folder / "run.json")
        table = rows(folder / "incidence.csv")
        for block in document["incidence"]:
            for arm in block["arms"]:
                lines = [row for row in table if (row["arm"], row["event"]) == (arm["arm"], block["event"])]
                self.assertEqual(len(lines), len(arm["time_y"]))
                for row, share, risk in zip(lines, arm["cumulative"], arm["at_risk"]):
                    self.assertAlmostEqual(float(row["cumulative_incidence"]), share, delta=1e-6)
                    self.assertAlmostEqual(float(row["at_risk"]), risk, delta=1e-6)
        self.assertIn("cannot be observed", document["about_the_helped"])
        self.assertEqual([group["name"] for group in document["subgroups"]], ["women", "strong", "weak, or so"])
        self.assertEqual(document["onset"][0]["event"], "slowing")
        ratio = document["cost_effectiveness"][0]
        self.assertEqual((ratio["arm"], ratio["currency"]), ("treatment", "USD"))


class BadQuestions(ProgramTest):
    def refuses(self, question, message):
        name = self.write(eventful(asked=question))
        self.assertEqual(self.refused(["check", name], 2), f"healthspan: {name}: /asked{message}\n")

    def test_each_is_refused_with_its_place(self):
        def costs(**more):
            return {"worth": {"costs": {"currency": "USD", **more}}}
        quality = {"robust": 1, "prefrail": 1, "frail": 1}
        for question, message in (
                ({"year": []}, '/year: unknown key; did you mean "years"?'),
                ({"years": {}}, "/years: found {}, expected a list"),
                ({"years": [{"name": "a"}]}, "/years/0/while: is missing"),
                ({"years": [{"name": "a", "while": "gait_speed >"}]},
                 "/years/0/while: character 13: found the end, expected a number"),
                ({"years": [{"name": "a", "while": "gait_sped > 1"}]},
                 '/years/0/while: there is no quantity "gait_sped" in this system; did you mean "gait_speed"?'),
                ({"years": [{"name": "a", "while": "gait_speed > 1 kg"}]},
                 '/years/0/while: found the unit "kg" for gait_speed, expected "m/s"'),
                ({"years": [{"name": "alive", "while": "male"}]},
                 '/years/0/name: "alive" is the name of another outcome or quantity'),
                ({"years": [{"name": "a", "while": "male"}, {"name": "a", "while": "female"}]},
                 '/years/1/name: "a" is the name of another outcome or quantity'),
                ({"years": [{"name": "good years", "while": "male"}]},
                 '/years/0/name: found "good years", expected a name of letters, digits and "_"'),
                ({"onset": [{"event": "slwing", "quantity": "gait_speed"}]},
                 '/onset/0/event: there is no event "slwing"; did you mean "slowing"?'),
                ({"onset": [{"event": "death", "quantity": "gait_speed"}]},
                 '/onset/0/event: found "death", expected an event that people live to see'),
                ({"onset": [{"event": "slowing", "quantity": "gait"}]},
                 '/onset/0/quantity: there is no quantity "gait" in this system; '
                 '"healthspan describe MODULE" lists the names'),
                ({"worth": {}}, '/worth: has neither "quality" nor "costs"'),
                ({"worth": {"quality": {"robust": 1, "prefrail": 1}}}, "/worth/quality/frail: is missing"),
                ({"worth": {"quality": {**quality, "frail": 1.5}}}, "/worth/quality/frail: found 1.5, expected -1 to 1"),
                ({"worth": {"quality": quality, "discount": 3}}, "/worth/discount: found 3, expected 0 to 0.2"),
                ({"worth": {"costs": {"per_event": {}}}}, "/worth/costs/currency: is missing"),
                (costs(currency="US dollars"),
                 '/worth/costs/currency: found "US dollars", expected up to 16 letters such as "USD"'),
                (costs(per_event={"admision": 3}),
                 '/worth/costs/per_event/admision: there is no event "admision"; did you mean "admission"?'),
                (costs(per_event={"admission": -3}), "/worth/costs/per_event/admission: found -3, expected 0 to 1e+09"),
                (costs(per_event={"admission": "3 USD"}),
                 '/worth/costs/per_event/admission: found "3 USD", expected a number'),
                (costs(per_arm={"treatmnt": 3}),
                 '/worth/costs/per_arm/treatmnt: there is no arm of this name; did you mean "treatment"?'),
                ({"subgroups": [{"name": "all", "of": "male"}, {"name": "all", "of": "female"}]},
                 '/subgroups/1/name: "all" is the name of two subgroups'),
                ({"subgroups": [{"name": str(k), "of": "male"} for k in range(65)]},
                 "/subgroups: found 65 entries, expected at most 64"),
                ({"subgroups": [{"name": "all", "of": "(male"}]},
                 '/subgroups/0/of: character 6: found the end, expected ")"')):
            with self.subTest(question=question):
                self.refuses(question, message)

    def test_states_are_needed_for_what_goes_by_them(self):
        document = eventful(asked={"worth": {"quality": {"robust": 1, "prefrail": 1, "frail": 1}}},
                            modules=["topp_full"], events=[], all_arms=[], outputs=["glucose"], added_modules=[],
                            arms=[{"name": "one"}])
        self.assertIn("/asked/worth: needs the states robust, prefrail and frail",
                      self.refused(["check", self.write(document)], 2))


if __name__ == "__main__":
    unittest.main()
