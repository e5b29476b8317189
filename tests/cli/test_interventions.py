#!/usr/bin/env python3
"""What is done: starts, ramps, repetition, stops, adherence and policies, by the command line."""
import collections
import copy
import json
import unittest

import jsonschema

from program import SCENARIO, RunTest, at, changed, objects, pointer, read_json, rows, scenario

DAY = 1 / 365.25
VISIT = {"every": "6 months", "start": "3 months",
         "measure": [{"quantity": "gait_speed", "error": 0.05}, {"quantity": "grip_strength", "error": 1.5}],
         "missed": 0.1}
POLICY = {"name": "screening", "visit": VISIT, "if": "gait_speed < 1.05 m/s or grip_strength < 26 kg",
          "confirm": True, "delay": "2 weeks", "then": {"start": "training"}, "most_times": 2}
TRAINING = [{"type": "multicomponent_exercise", "name": "gym", "ramp": "8 weeks",
             "adherence": {"level": 0.7, "half_life": "3 years", "drop_out": 0.6, "spread": 0.5}},
            {"type": "protein_supplement", "start": "4 weeks", "duration": "12 weeks", "protein": 20,
             "repeat": {"every": "6 months", "times": 2}}]
# Everything that the language can say about what is done.
RICH = {
    "title": "All that may be done",
    "patient": {"age": 79.5, "sex": "male", "height_cm": 163, "weight_kg": 60, "deficit_burden": 0.2},
    "added_modules": ["admission"],
    "outputs": ["activity", "strength", "gait_speed", "body_weight"],
    "events": [{"type": "scheduled", "name": "call", "start": 200}],
    "horizon": "4 years",
    "members": 24,
    "seed": 11,
    "programmes": {"training": TRAINING},
    "policies": [{"name": "thin", "visit": {"every": "1 year", "measure": [{"quantity": "body_mass_index"}]},
                  "if": "body_mass_index < 21.5", "confirm": {"after": "4 weeks"},
                  "then": {"stop": "weight_loss_diet"}}],
    "all_arms": [{"type": "hospital_stay", "start": {"on": "admission"}, "duration": "10 days"}],
    "arms": [
        {"name": "nothing"},
        {"name": "everybody", "programmes": ["training"]},
        {"name": "the slow", "policies": [POLICY]},
        {"name": "more", "interventions": [
            {"type": "resistance_exercise", "start": {"age": 80}, "stop": {"age": 81}, "duration": "2 years",
             "ramp": 30},
            {"type": "aerobic_exercise", "start": {"when": "gait_speed < 1.1 m/s", "delay": 10, "most_times": 3},
             "duration": "26 weeks", "stop": {"when": "gait_speed > 1.15 m/s"}},
            {"type": "weight_loss_diet", "deficit": 300, "start": 100, "stop": {"on": "call"}},
            {"type": "weight_loss_diet", "name": "slimming", "deficit": 200, "start": 300, "protein": 10,
             "adherence": {"level": 0.8, "half_life": "1 year"}}]}],
}


def only(**fields):
    """The small scenario with one intervention in one arm."""
    return scenario(all_arms=[], arms=[{"name": "only",
                                        "interventions": [{"type": "resistance_exercise", **fields}]}])


def ruled(arm=(), programmes=None, **fields):
    """The same with a policy."""
    return scenario(all_arms=[], programmes={"training": TRAINING} if programmes is None else programmes,
                    policies=[{**POLICY, **fields}], arms=[{"name": "only", **dict(arm)}])


ONLY, RULE = "/arms/0/interventions/0", "/policies/0"
BAD = [
    (only(start={"age": "40 years"}), f"{ONLY}/start/age: found 40 years, expected 50 to 120 years"),
    (only(start={"age": 80, "delay": -1}), f"{ONLY}/start/delay: found -1 d, expected 0 to 36525 d"),
    (only(start={"when": "gait_speed <"}), f"{ONLY}/start/when: character 13: found the end, expected a number"),
    (only(start={"when": "gait_sped < 0.8"}),
     f'{ONLY}/start/when: there is no quantity "gait_sped" in this system; did you mean "gait_speed"?'),
    (only(start={"when": "gait_speed < 0.8 kg"}),
     f'{ONLY}/start/when: found the unit "kg" for gait_speed, expected "m/s"'),
    (only(start={"when": "gait_speed < 0.8 and strength < 1"}),
     f'{ONLY}/start/when: found "gait_speed < 0.8 and strength < 1", expected one comparison by <, <=, > or >=; a '
     "policy may combine several"),
    (only(start={"when": "gait_speed between 0.5 and 0.8"}),
     f'{ONLY}/start/when: found "gait_speed between 0.5 and 0.8", expected one comparison by <, <=, > or >=; a policy '
     "may combine several"),
    (only(start={"when": ""}), f"{ONLY}/start/when: must not be empty"),
    (only(start={}), f"{ONLY}/start/on: is missing"),
    (only(stop={"on": "fall"}),
     f'{ONLY}/stop/on: there is no event "fall"; declare it in "events", or add a module that has it'),
    (only(stop={"when": "strenght > 1"}),
     f'{ONLY}/stop/when: there is no quantity "strenght" in this system; did you mean "strength"?'),
    (only(stop={"delay": 3}), f"{ONLY}/stop/on: is missing"),
    (only(stop="never"), f'{ONLY}/stop: found "never", expected an object'),
    (only(start={"on": "call"}, stop={"on": "call"}), f'{ONLY}/stop/on: "call" cannot both start and end it'),
    (only(repeat={"every": "1 year", "times": 5}),
     f"{ONLY}/duration: is missing, but what is repeated has to end"),
    (only(duration="12 weeks", repeat={"every": "4 weeks", "times": 5}),
     f"{ONLY}/repeat/every: found 28 d, expected at least the duration, 84 d"),
    (only(duration="12 weeks", repeat={"every": "1 year"}), f"{ONLY}/repeat/times: is missing"),
    (only(duration="12 weeks", repeat={"every": "1 year", "times": 0}),
     f"{ONLY}/repeat/times: found 0, expected 1 to 1000"),
    (only(adherence={"half_life": "2 years"}), f"{ONLY}/adherence/level: is missing"),
    (only(adherence={"level": 1, "spread": 0.3}),
     f"{ONLY}/adherence/level: found 1, expected more than 0 and less than 1, because it differs between persons"),
    (only(adherence={"level": 0.7, "drop_out": 1.2}), f"{ONLY}/adherence/drop_out: found 1.2, expected 0 to 0.999"),
    (only(adherence={"level": 0.7, "half_live": 2}),
     f'{ONLY}/adherence/half_live: unknown key; did you mean "half_life"?'),
    (only(adherence="most"), f'{ONLY}/adherence: found "most", expected a number'),
    (only(ramp=-1), f"{ONLY}/ramp: found -1 d, expected 0 to 3652.5 d"),
    (only(name=""), f"{ONLY}/name: must not be empty"),
    (only(type="balance_exercise"),
     f'{ONLY}/type: balance_exercise acts on "balance_dose", which no module of this system reads; add one in which '
     "balance keeps from falls"),
    (only(type="protein_supplement"), f"{ONLY}/protein: is missing"),
    (only(type="weight_loss_diet", deficit=-500), f"{ONLY}/deficit: found -500 kcal/d, expected 0 to 1500 kcal/d"),
    (only(type="prescribed_diet"), f"{ONLY}/energy: is missing"),
    (only(type="prescribed_diet", energy=50), f"{ONLY}/energy: found 50 kcal/d, expected 200 to 8000 kcal/d"),
    (only(type="glp1_agonist", dose=2), f"{ONLY}/dose: found 2, expected 0 to 1"),
    (only(type="metformin", dose=-0.1), f"{ONLY}/dose: found -0.1, expected 0 to 1"),
    (only(type="sulfonylurea", dose="10 mg"), f'{ONLY}/dose: found "10 mg", expected a number'),
    (only(type="sglt2_inhibitor", dosis=1), f'{ONLY}/dosis: unknown key; did you mean "dose"?'),
    (only(type="antihypertensive", drugs=6), f"{ONLY}/drugs: found 6, expected 0 to 5"),
    (only(type="antihypertensive", dose=3), f"{ONLY}/dose: found 3, expected 0 to 2"),
    (only(type="statin", dose=80), f"{ONLY}/dose: found 80, expected 0 to 8"),
    (only(type="salt_reduction"), f"{ONLY}/salt: is missing"),
    (only(type="salt_reduction", salt="5 mg/d"), f'{ONLY}/salt: found the unit "mg/d", expected a unit of salt per day: g/d'),
    (only(type="insuline"), f'{ONLY}/type: found "insuline"; did you mean "insulin"?'),
    (only(duration=7000, ramp=3652, repeat={"every": 7000, "times": 1000}), None),  # fits: most begins too late
    (ruled(**{"if": "strength < 1"}),
     f'{RULE}/if: rests on "strength", which the visit does not measure; expected one of: gait_speed, grip_strength'),
    (ruled(**{"if": "gait_sped < 1"}),
     f'{RULE}/if: rests on "gait_sped", which the visit does not measure; did you mean "gait_speed"?'),
    (ruled(**{"if": "gait_speed < 0.8 kg"}), f'{RULE}/if: found the unit "kg" for gait_speed, expected "m/s"'),
    (ruled(**{"if": "gait_speed < 0.8 and"}),
     f'{RULE}/if: character 21: found the end, expected the name of a quantity, "not" or "("'),
    (ruled(**{"if": " and ".join(["(gait_speed < 1 or gait_speed > 2)"] * 7)}),
     f"{RULE}/if: comes to 128 alternatives, expected at most 64"),
    (ruled(then={"start": "trainig"}),
     f'{RULE}/then/start: there is no programme "trainig"; did you mean "training"?'),
    (ruled(programmes={}),
     f'{RULE}/then/start: there is no programme "training"; declare it in "programmes"'),
    (ruled(then={"stop": "gim"}, most_times=None, arm={"programmes": ["training"]}), None),  # a null is no number
    (ruled(then={"stop": "training"}, arm={"programmes": ["training"]}),
     f"{RULE}/most_times: is for what is started; what is stopped ends each time"),
    (ruled(then={}), f"{RULE}/then/start: is missing"),
    (ruled(confirm="yes"), f'{RULE}/confirm: found "yes", expected true or false'),
    (ruled(confirm={"after": 0}), f"{RULE}/confirm/after: found 0 d, expected 0.01 to 3652.5 d"),
    (ruled(confirm={}), f"{RULE}/confirm/after: is missing"),
    (ruled(arm={"programmes": ["walks"]}),
     '/arms/0/programmes/0: there is no programme "walks"; expected one of: training'),
    (ruled(visit={"every": "6 months"}), f"{RULE}/visit/measure: is missing"),
    (ruled(visit={"measure": VISIT["measure"]}), f"{RULE}/visit/every: is missing"),
    (ruled(visit={"every": 30, "measure": [{"quantity": "gait_sped"}]}),
     f'{RULE}/visit/measure/0/quantity: there is no quantity "gait_sped" in this system; did you mean "gait_speed"?'),
    (ruled(visit={**VISIT, "missed": 2}), f"{RULE}/visit/missed: found 2, expected 0 to 1"),
    (ruled(programmes={"training": [{"type": "aerobic_exercise", "start": {"age": 80}}]}),
     "/programmes/training/0/start: a programme is started as a whole; expected the time from its beginning"),
    (ruled(programmes={"training": {}}), "/programmes/training: found {}, expected a list"),
    (changed(RICH, policies=[{**POLICY, "name": "call"}]), '/policies/0/name: "call" is already the name of an event'),
    (changed(RICH, policies=[POLICY]), '/arms/2/policies/0/name: "screening" is already the name of an event'),
]


class Malformed(RunTest):
    def test_each_is_refused_in_one_exact_sentence(self):
        self.assertGreater(len(BAD), 40)
        for document, message in BAD:
            with self.subTest(message=message):
                if message:
                    self.assertEqual(self.refused_scenario(document),
                                     f"healthspan: scenario.json: {message}\n")

    def test_what_is_to_be_stopped_has_to_be_done_somewhere(self):
        document = ruled(then={"stop": "gim"}, arm={"programmes": ["training"]})
        del document["policies"][0]["most_times"]
        self.refused_scenario(document, '/policies/0/then/stop: nothing that is done is called "gim"')
        document["policies"][0]["then"]["stop"] = "gym"
        self.good("check", self.write(document))
        document["arms"].append({"name": "nothing"})
        self.good("check", self.write(document))

    def test_an_unknown_key_is_refused_at_every_level(self):
        for path in objects(RICH):
            if path == ("programmes",):
                continue
            wrong = copy.deepcopy(RICH)
            at(wrong, path)["unknown"] = 1
            with self.subTest(path=path):
                self.refused_scenario(wrong, f"{pointer(path)}/unknown: unknown key")


class Language(RunTest):
    def test_the_schema_accepts_what_the_program_does(self):
        validator = jsonschema.Draft202012Validator(json.loads(self.good("schema").stdout))
        validator.validate(RICH)
        self.good("check", self.write(RICH))
        for path in objects(RICH):
            if path != ("programmes",):
                wrong = copy.deepcopy(RICH)
                at(wrong, path)["unknown"] = 1
                self.assertFalse(validator.is_valid(wrong), path)

    def test_a_resolved_scenario_gives_the_same_bytes(self):
        one = self.results_of(RICH, "one", "--events")
        validator = jsonschema.Draft202012Validator(json.loads(self.good("schema").stdout))
        validator.validate(read_json(one / "scenario.json"))
        self.same(one, self.results("--events", source="one/scenario.json", folder="two"))

    def test_a_drug_brings_its_module_and_no_dose_of_it_brings_nothing(self):
        arms = lambda dose: [{"name": "nothing"}, {"name": "drug", "interventions": [
            {"type": "prescribed_diet", "energy": 1500, "duration": "12 weeks", "adherence": 0.5},
            {"type": "glp1_agonist", "dose": dose, "start": "12 weeks"}]}]
        one = self.results_of(changed(RICH, policies=[], arms=arms(1)), "one")
        resolved = read_json(one / "scenario.json")
        self.assertEqual(resolved["modules"][-1], "glp1")
        self.same(one, self.results(source="one/scenario.json", folder="two"))
        acting = read_json(one / "run.json")["composition"]
        self.assertIn("glp1_dose", json.dumps(acting))
        without = self.results_of(changed(RICH, policies=[], arms=arms(0)), "without")
        self.assertNotIn("glp1", read_json(without / "scenario.json")["modules"])
        # Who takes none lives the same life in both.
        table = lambda folder: [(row["quantity"], row["time_years"], row["living"], row["mean"])
                                for row in rows(folder / "bands.csv") if row["arm"] == "nothing"]
        self.assertEqual(table(one), table(without))
        self.assertNotEqual(rows(one / "bands.csv"), rows(without / "bands.csv"))

    def test_drugs_for_glucose_bring_their_modules_and_are_said_in_words(self):
        hypoglycaemia = ["glucose_drugs", "hypoglycaemia"]
        for kind, words, modules in (("metformin", "Metformin", ["glucose_drugs"]),
                                     ("sulfonylurea", "Sulfonylurea", hypoglycaemia),
                                     ("sglt2_inhibitor", "SGLT2 inhibitor", ["glucose_drugs"]),
                                     ("insulin", "Basal insulin", hypoglycaemia)):
            with self.subTest(kind=kind):
                glucose = 190 if kind == "insulin" else 150  # insulin is titrated to 160 mg/dl
                diabetic = {**SCENARIO["patient"], "labs": {"fasting_glucose": glucose, "fasting_insulin": 10}}
                document = scenario(added_modules=["glucose_system"], all_arms=[], members=8, horizon="1 year",
                                    patient=diabetic,
                                    outputs=["fasting_glucose"], arms=[{"name": "nothing"}, {
                                        "name": "drug", "interventions": [
                                            {"type": kind, "dose": 0.5, "start": "3 months", "duration": "6 months"},
                                            {"type": kind, "start": "9 months", "adherence": 0.8}]}])
                said = self.good("check", self.write(document)).stdout
                self.assertIn(f"{words} at 50 % of a full dose: from 3 months on, for 6 months\n", said)
                self.assertIn(f"{words}, 80 % of it taken: from 9 months on, to the end\n", said)
                one = self.results_of(document, kind)
                resolved = read_json(one / "scenario.json")
                self.assertEqual(resolved["modules"][-len(modules):], modules)
                self.same(one, self.results(source=f"{kind}/scenario.json", folder=kind + "-again"))
                last = {row["arm"]: float(row["mean"]) for row in rows(one / "bands.csv")
                        if row["quantity"] == "fasting_glucose"}
                self.assertLess(last["drug"], last["nothing"] - 1)

    def test_a_glp1_agonist_acts_on_secretion_where_there_is_glucose(self):
        document = scenario(all_arms=[], members=8, horizon="1 year", arms=[{"name": "nothing"}, {
            "name": "drug", "interventions": [{"type": "glp1_agonist"}]}])
        alone = read_json(self.results_of(document, "alone") / "scenario.json")["modules"]
        self.assertEqual(alone[-1], "glp1")
        diabetic = {**SCENARIO["patient"], "labs": {"fasting_glucose": 150, "fasting_insulin": 10}}
        folder = self.results_of(changed(document, patient=diabetic, added_modules=["glucose_system"],
                                         outputs=["secretion_drug_factor"]), "glucose")
        self.assertEqual(read_json(folder / "scenario.json")["modules"][-2:], ["glp1", "glucose_drugs"])
        last = {row["arm"]: float(row["mean"]) for row in rows(folder / "bands.csv")
                if row["quantity"] == "secretion_drug_factor"}
        self.assertEqual(last["nothing"], 1)
        self.assertGreater(last["drug"], 1.2)

    def test_drugs_and_habits_of_the_circulation_bring_their_modules_and_are_said_in_words(self):
        smoker = {**SCENARIO["patient"], "smoker": True}
        for kind, how, words, module, output in (
                ("antihypertensive", {"drugs": 2}, "Drugs for blood pressure, 2 of them at the standard dose",
                 "blood_pressure", "systolic_pressure"),
                ("antihypertensive", {"drugs": 3, "dose": 0.5},
                 "Drugs for blood pressure, 3 of them at 50 % of the standard dose", "blood_pressure",
                 "diastolic_pressure"),
                ("statin", {"dose": 4}, "Statin as 40 mg of atorvastatin a day", "lipids", "ldl_cholesterol"),
                ("salt_reduction", {"salt": 4.4}, "Salt reduction by 4.4 g/d", "blood_pressure", "systolic_pressure"),
                ("smoking_cessation", {}, "Smoking cessation", "smoking", "smoking")):
            with self.subTest(kind=kind, **how):
                name = f"{kind}-{len(self.listing())}"
                document = scenario(all_arms=[], members=8, horizon="1 year", outputs=[output],
                                    patient=smoker if kind == "smoking_cessation" else SCENARIO["patient"],
                                    arms=[{"name": "nothing"}, {"name": "done", "interventions": [
                                        {"type": kind, **how, "start": "3 months"}]}])
                self.assertIn(f"{words}: from 3 months on, to the end\n",
                              self.good("check", self.write(document)).stdout)
                one = self.results_of(document, name)
                self.assertEqual(read_json(one / "scenario.json")["modules"][-1], module)
                self.same(one, self.results(source=f"{name}/scenario.json", folder=name + "-again"))
                last = {row["arm"]: float(row["mean"]) for row in rows(one / "bands.csv")
                        if row["quantity"] == output}
                self.assertLess(last["done"], last["nothing"])
        # Pressure and kidneys answer to an SGLT2 inhibitor also where no module of glucose is there.
        kidneys = self.results_of(scenario(all_arms=[], members=8, horizon="1 year", outputs=["egfr"],
                                           added_modules=["circulation_system"],
                                           arms=[{"name": "drug", "interventions": [{"type": "sglt2_inhibitor"}]}]),
                                  "kidneys")
        self.assertNotIn("glucose_drugs", read_json(kidneys / "scenario.json")["modules"])
        self.refused_scenario(scenario(all_arms=[], arms=[{"name": "drug", "interventions": [
            {"type": "sglt2_inhibitor"}]}]), "sglt2_inhibitor_dose")
        for kind, how in (("antihypertensive", {"drugs": 0}), ("antihypertensive", {"dose": 0}),
                          ("statin", {"dose": 0}), ("salt_reduction", {"salt": 0}),
                          ("smoking_cessation", {"adherence": 0})):
            with self.subTest(kind=kind, nothing=how):
                name = f"{kind}-{len(self.listing())}"
                resolved = read_json(self.results_of(scenario(
                    all_arms=[], members=4, horizon="1 year",
                    arms=[{"name": "idle", "interventions": [{"type": kind, **how}]}]), name) / "scenario.json")
                self.assertNotIn("interventions", resolved["arms"][0])
                for module in ("blood_pressure", "lipids", "smoking"):
                    self.assertNotIn(module, resolved["modules"])

    def test_what_does_nothing_is_dropped(self):
        document = changed(RICH, programmes={"training": TRAINING + [{"type": "aerobic_exercise", "dose": 0}]})
        document["arms"] = RICH["arms"][:3] + [{"name": "idle", "interventions": [
            {"type": "multicomponent_exercise", "adherence": {"level": 0, "drop_out": 0.5}},
            {"type": "weight_loss_diet", "deficit": 0}, {"type": "protein_supplement", "protein": 0}]}]
        document["policies"] = []
        resolved = read_json(self.results_of(document, "idle") / "scenario.json")
        self.assertNotIn("interventions", resolved["arms"][3])
        self.assertEqual(len(resolved["programmes"]["training"]), 2)

    def test_everything_is_said_in_words(self):
        said = self.good("check", self.write(RICH)).stdout
        for sentence in (
                'Multicomponent training "gym" at the full dose of the trials, 70 % of it taken in the median person '
                "(spread 0.5), halved every 3 years, 60 % a year give it up, growing over 8 weeks: from the start, to "
                "the end",
                'after each "screening", at most 2 times, to the end',
                "Resistance training at the full dose of the trials, growing over 30 days: from the age of 80 on, for "
                "2 years; until the age of 81",
                "Aerobic training at the full dose of the trials: 10 days after each time that gait_speed < 1.1 m/s, at "
                "most 3 times, for 26 weeks; until gait_speed > 1.15 m/s",
                'Weight-loss diet, -300 kcal/d: from 3.29 months on, to the end; until "call"',
                'Policy "screening": from 3 months on, a visit every 6 months (10 % missed) measures gait_speed (error '
                "0.05), grip_strength (error 1.5); where gait_speed < 1.05 m/s or grip_strength < 26 kg at two visits "
                'running, 14 days later begins "training", at most 2 times',
                'Policy "thin": from the start, a visit every 12 months measures body_mass_index; where '
                "body_mass_index < 21.5, and again 4 weeks after, ends \"weight_loss_diet\""):
            self.assertIn(sentence, said)


class Bytes(RunTest):
    def setUp(self):
        super().setUp()
        self.document = self.settled(RICH)

    def test_parts_and_threads_make_the_whole(self):
        whole = self.results("--events")
        self.same(whole, self.results("--events", "--threads", "3", folder="threads"))
        self.results("--members", "0:7", "--events", folder="a")
        self.results("--members", "7:24", "--events", folder="b")
        self.good("merge", "a", "b", "-o", "merged", "--quiet")
        for name in ("bands.csv", "outcomes.csv", "events.csv", "run.json"):
            self.assertEqual((whole / name).read_bytes(), (self.folder / "merged" / name).read_bytes(), name)

    def test_a_run_that_stops_and_goes_on_is_the_same_run(self):
        whole = self.results()
        for until in ("200 days", "1 year", "30 months"):  # confirmations, delays and courses are under way
            self.results("--until", until, "--force", folder="half")
            again = self.results("--from", "half", "--force", folder="again")
            for name in ("bands.csv", "outcomes.csv"):
                self.assertEqual((whole / name).read_bytes(), (again / name).read_bytes(), f"{until}: {name}")

    def test_what_a_fork_adds_begins_when_it_forks(self):
        trunk = changed(self.document, arms=[{"name": "nothing"}], policies=[])
        self.results_of(trunk, "trunk", "--until", "1 year")
        fork = changed(trunk, arms=[{"name": "walks", "interventions": [
            {"type": "aerobic_exercise", "start": "2 months", "adherence": {"level": 1, "drop_out": 0.1}},
            {"type": "diet", "start": "1 month", "duration": "1 month", "energy": 100, "stop": {"on": "call"}}]}])
        table = rows(self.results_of(fork, "fork", "--from", "trunk", "--events") / "events.csv")
        begun = [row for row in table if row["kind"] == "reaction" and row["event"] != "hospital stay"]
        self.assertEqual({row["event"] for row in begun}, {"aerobic training"})  # the diet would be over
        for row in begun:
            self.assertAlmostEqual(float(row["time_years"]), 1, 2)


class Effects(RunTest):
    def lives(self, folder):
        result = collections.defaultdict(list)
        for row in rows(folder / "events.csv"):
            result[row["arm"], int(row["member"])].append(row)
        return result

    def test_starts_and_stops_at_an_age_and_when_something_holds(self):
        lives = self.lives(self.results_of(RICH, "rich", "--events"))
        aged = begun = 0
        for (arm, _), life in lives.items():
            if arm != "more":
                continue
            for row in life:
                time = float(row["time_years"])
                if row["event"] == "resistance training":
                    self.assertAlmostEqual(time, 0.5 if row["kind"] == "reaction" else 1.5, 6)
                    aged += 1
                if row["event"] == "aerobic training" and row["kind"] == "reaction":
                    self.assertEqual(row["cause"], "gait_speed < 1.1 m/s")
                    begun += 1
                if row["kind"] == "stopped" and row["event"] == "weight-loss diet":
                    self.assertAlmostEqual(time, 200 * DAY, 8)
                    self.assertIn("call", row["cause"])
        self.assertGreater(aged, 20)
        self.assertGreater(begun, 5)

    def test_everyone_of_a_cohort_starts_and_stops_at_an_age_and_who_is_past_it_at_once(self):
        document = only(start={"age": 78}, stop={"age": 80})
        for key in ("patient", "parameters"):
            del document[key]
        document.update(cohort={"population": "japan-65plus", "age": {"from": 72, "to": 84}}, horizon="4 years",
                        members=48)
        table = rows(self.results_of(document, "cohort", "--events") / "events.csv")
        self.good("cohort", "cohort.json", "-n", "48", "-o", "people.csv")
        ages = [float(row["age"]) for row in rows(self.folder / "people.csv")]
        when = {(row["kind"], int(row["member"])): float(row["time_years"]) for row in table}
        seen = collections.Counter()
        for member, age in enumerate(ages):
            end = when.get(("random", member), 4.0)  # death, or the horizon
            for kind, at in (("reaction", 78), ("stopped", 80)):
                expected = max(at - age, 0.0)
                if age >= 80 or expected > end:  # who is past its end does not begin
                    self.assertNotIn((kind, member), when)
                    seen["never"] += 1
                else:
                    self.assertAlmostEqual(when[kind, member], expected, 6)
                    seen[kind, age >= at] += 1
        for group in (("reaction", False), ("reaction", True), ("stopped", False), "never"):
            self.assertGreater(seen[group], 4, group)

    def test_a_programme_of_one_name_has_the_same_luck_whenever_it_begins(self):
        document = changed(RICH, members=60)
        lives = self.lives(self.results_of(document, "rich", "--events"))
        lasted = collections.defaultdict(dict)
        for (arm, member), life in lives.items():
            own = [row for row in life if row["event"] == "gym"]
            if len(own) > 1 and own[1]["kind"] == "given up":
                lasted[arm][member] = float(own[1]["time_years"]) - float(own[0]["time_years"])
        both = lasted["everybody"].keys() & lasted["the slow"].keys()
        self.assertGreater(len(both), 5)
        for member in both:
            self.assertAlmostEqual(lasted["everybody"][member], lasted["the slow"][member], 7)

    def test_a_policy_acts_on_two_visits_running_and_after_its_delay(self):
        lives = self.lives(self.results_of(RICH, "rich", "--events"))
        found = 0
        for (arm, _), life in lives.items():
            if arm != "the slow":
                continue
            running, expected, gait = 0, [], 0.0
            end = max(float(row["time_years"]) for row in life)
            for row in life:
                if row["kind"] != "visit" or row["event"] != "screening: visit":
                    continue
                if row["quantity"] == "gait_speed":
                    gait = float(row["value"])
                    continue
                running = running + 1 if gait < 1.05 or float(row["value"]) < 26 else 0
                if running >= 2 and float(row["time_years"]) + 14 * DAY <= end + 1e-9:
                    expected.append(float(row["time_years"]) + 14 * DAY)
            seen = [float(row["time_years"]) for row in life if row["kind"] == "found" and row["event"] == "screening"]
            self.assertEqual(len(seen), len(expected))
            for one, other in zip(seen, expected):
                self.assertAlmostEqual(one, other, 8)
            begun = [float(row["time_years"]) for row in life if row["kind"] == "reaction" and row["event"] == "gym"]
            self.assertLessEqual(len(begun), 2)
            self.assertEqual(begun[:1], seen[:1])
            found += len(seen)
        self.assertGreater(found, 10)

    def test_of_two_exercises_at_once_the_larger_dose_is_done(self):
        def arm(name, *doses):
            return {"name": name, "interventions": [
                {"type": "resistance_exercise", "start": 30, "duration": 300, "dose": dose} for dose in doses]}
        folder = self.results_of(scenario(arms=[arm("one", 0.8), arm("both", 0.5, 0.8), arm("turned", 0.8, 0.5)]),
                                 "doses")
        table = collections.defaultdict(list)
        for row in rows(folder / "bands.csv"):
            table[row.pop("arm")].append(row)
        self.assertEqual(table["one"], table["both"])
        self.assertEqual(table["one"], table["turned"])
        arms = read_json(folder / "run.json")["composition"]["arms"]
        acting = arms[1]["inputs"]["resistance_dose"]
        self.assertEqual([(one["by"], one["operation"]) for one in acting],
                         [("resistance training", "at_least"), ("hospital stay", "multiply")])
        self.assertEqual([step["value"] for step in acting[0]["stretches"]], [0.5, 0.8])

    def test_multicomponent_training_is_both_kinds_of_training(self):
        both = [{"type": kind, "start": 30, "dose": 0.6, "ramp": "4 weeks"}
                for kind in ("resistance_exercise", "aerobic_exercise")]
        folder = self.results_of(scenario(arms=[
            {"name": "two", "interventions": both},
            {"name": "one", "interventions": [{**both[0], "type": "multicomponent_exercise"}]}]), "both")
        table = collections.defaultdict(list)
        for row in rows(folder / "bands.csv"):
            table[row.pop("arm")].append(row)
        self.assertEqual(table["one"], table["two"])

    def test_weight_is_lost_on_a_diet_and_appetite_answers(self):
        folder = self.results_of(scenario(
            all_arms=[], outputs=["body_weight", "appetite", "energy_intake"], parameters={},
            patient=changed(SCENARIO["patient"], age=62, weight_kg=80, fat_mass_kg=25), members=16,
            arms=[{"name": "nothing"}, {"name": "diet", "interventions": [{"type": "weight_loss_diet",
                                                                             "deficit": 500}]}]), "diet")
        means = {(row["arm"], row["quantity"], float(row["time_years"])): float(row["mean"])
                 for row in rows(folder / "bands.csv") if row["mean"]}
        lost = means["nothing", "body_weight", 2.0] - means["diet", "body_weight", 2.0]
        self.assertTrue(2 < lost < 15, lost)
        # 500 kcal/d less than appetite asks for, which asks for more the more weight is lost.
        self.assertAlmostEqual(means["diet", "appetite", 2.0] - means["diet", "energy_intake", 2.0], 500, 6)
        eaten = means["nothing", "energy_intake", 2.0] - means["diet", "energy_intake", 2.0]
        self.assertTrue(50 < eaten < 480, eaten)

    def test_why_tells_of_it(self):
        name = self.write(RICH)
        told = "".join(self.good("why", name, "--member", member, "--width", "240").stdout for member in range(12))
        for words in ("gym begins", "gym is given up", 'begins, after "screening"', "screening: visit is missed",
                      "weight-loss diet is stopped", 'begins, after "age 80"'):
            self.assertIn(words, told)


if __name__ == "__main__":
    unittest.main()
