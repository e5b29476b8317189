"""Cohorts: people of a population or of a table, who of them is eligible, and starts that show what was measured."""
import collections
import csv
import io
import statistics
import time

from program import SCENARIO, ProgramTest, RunTest, changed, read_json, rows, unittest

PEOPLE = """id,age,sex,height_cm,weight_kg,deficit_burden,grip_strength,gait_speed
a,81.5,female,149,47,0.22,16.5,0.91
b,74,male,165,68,0.12,33,1.25
c,70,female,152,55,0.10,22,1.30
d,88,male,160,58,0.30,21,0.80
"""

COHORT = {"population": "japan-65plus", "age": {"from": 70, "to": 84},
          "eligibility": "gait_speed < 1.2 m/s and bmi between 18.5 and 30"}


def stripped(document, *keys):
    """A copy of an object without some keys."""
    return {name: value for name, value in document.items() if name not in keys}


def cohort(given=None, **changes):
    return changed(stripped(SCENARIO, "patient", "parameters"), cohort=given or COHORT, members=32, **changes)


def of_people(**more):
    document = cohort({"people": "people.csv", "country": "japan", **more})
    del document["members"]
    return document


class CohortTest(RunTest):
    def test_threads_parts_and_reruns_give_the_same_bytes(self):
        document = self.settled(cohort(), "cohort.json")
        whole = self.results("--threads", "1", source="cohort.json", folder="whole")
        self.same(whole, self.results("--threads", "4", source="cohort.json", folder="threads"))
        for part in ("0:5", "5:32"):
            self.results("--members", part, source="cohort.json", folder="part-" + part[0])
        self.good("merge", "part-0", "part-5", "-o", "merged", "--quiet")
        self.same(whole, self.folder / "merged")
        self.same(whole, self.results(source="whole/scenario.json", folder="again"))
        self.assertEqual(document["cohort"], COHORT)

    def test_a_member_alone_is_the_same_person(self):
        self.good("cohort", self.write(cohort(), "cohort.json"), "-n", "12", "-o", "people.csv")
        people = rows(self.folder / "people.csv")
        document = cohort(outputs=["grip_strength", "gait_speed", "deficit_burden", "age"])
        for member in (0, 11):
            folder = self.results_of(document, f"member-{member}", "--member", member)
            start = rows(folder / "member.csv")[0]
            for name in ("grip_strength", "gait_speed", "deficit_burden", "age"):
                self.assertAlmostEqual(float(start[name]) / float(people[member][name]), 1, delta=1e-8)

    def test_who_is_chosen_by_a_test_with_an_error_starts_with_his_own_value(self):
        given = {**COHORT, "eligibility": "gait_speed < 1.0 m/s", "measured": [{"quantity": "gait_speed", "error": 0.1}]}
        self.good("cohort", self.write(cohort(given), "cohort.json"), "-n", "200", "-o", "own.csv")
        own = [float(row["gait_speed"]) for row in rows(self.folder / "own.csv")]
        del given["measured"]
        self.good("cohort", self.write(cohort(given), "cohort.json"), "-n", "200", "-o", "measured.csv")
        measured = [float(row["gait_speed"]) for row in rows(self.folder / "measured.csv")]
        self.assertLess(max(measured), 1.0)
        self.assertGreater(max(own), 1.0)
        self.assertGreater(statistics.mean(own), statistics.mean(measured))

    def test_a_second_test_has_a_name_and_an_error_of_its_own(self):
        given = {**COHORT, "eligibility_at_start": "second_walk < 0.8 m/s",
                 "measured": [{"quantity": "gait_speed", "error": 0.1, "as": "second_walk"}]}
        self.good("cohort", self.write(cohort(given), "cohort.json"), "-n", "60", "-o", "people.csv")
        own = [float(row["gait_speed"]) for row in rows(self.folder / "people.csv")]
        self.assertLess(statistics.mean(own), 0.9)
        self.assertGreater(max(own), 0.8)

    def test_what_a_cohort_is_like_is_told(self):
        done = self.good("run", self.write(cohort(), "cohort.json"), "-o", "results")
        self.assertRegex(done.stdout, r"Cohort: \d+ of \d+ candidates were eligible \([\d.]+ %\)")
        told = read_json(self.folder / "results" / "run.json")["cohort"]
        self.assertEqual((told["population"], told["described"], told["not_placed"]), ("japan-65plus", 32, 0))
        self.assertAlmostEqual(told["acceptance_rate"], told["eligible"] / told["candidates"], delta=1e-6)
        self.assertEqual(told["eligible"], 32 + told["redrawn"])
        of = {row["name"]: row for row in told["table"]}
        self.assertTrue(70 <= of["age"]["p5"] <= of["age"]["p50"] <= of["age"]["p95"] <= 84)
        self.assertLess(of["gait_speed"]["p95"], 1.2)
        self.assertEqual(of["gait_speed"]["unit"], "m/s")

    def test_people_that_were_written_can_be_read(self):
        self.good("cohort", self.write(cohort(), "cohort.json"), "-n", "20", "-o", "people.csv")
        self.good("run", self.write(of_people(), "again.json"), "-o", "again", "--quiet")
        told = read_json(self.folder / "again" / "run.json")
        self.assertEqual((told["members"], told["cohort"]["eligible"]), (20, 20))
        with open(self.folder / "people.csv", encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(self.good("cohort", "again.json").stdout, text)

    def test_american_adults_are_known_by_their_blood(self):
        american = {"population": "us-adults", "age": {"from": 50, "to": 75},
                    "eligibility": "bmi >= 24 and fasting_glucose between 95 and 125 mg/dL"}
        text = self.good("cohort", self.write(cohort(american), "usa.json"), "-n", "50").stdout
        for row in csv.DictReader(io.StringIO(text)):
            self.assertTrue(95 <= float(row["fasting_glucose"]) <= 125, row)
            self.assertGreaterEqual(float(row["weight"]) / float(row["height"]) ** 2, 24 - 1e-9)
            self.assertGreaterEqual(float(row["systolic_pressure"]) - float(row["diastolic_pressure"]), 15)
        self.results_of(cohort(american), "usa")

    def test_rows_are_used_again_where_members_are_more(self):
        self.write(PEOPLE, "people.csv")
        self.good("run", self.write(of_people(eligibility="age > 72"), "all.json"), "-o", "all", "--quiet")
        self.assertEqual(read_json(self.folder / "all" / "run.json")["members"], 3)
        document = changed(of_people(eligibility="age > 72"), members=20)
        done = self.good("run", self.write(document, "more.json"), "-o", "more")
        self.assertIn("rows are used again", done.stdout)

    def test_a_run_keeps_its_people(self):
        self.write(PEOPLE, "people.csv")
        self.good("run", self.write(of_people(), "cohort.json"), "-o", "first", "--quiet")
        self.assertEqual((self.folder / "first" / "people.csv").read_text(encoding="utf-8"), PEOPLE)
        self.good("run", "first/scenario.json", "-o", "second", "--quiet")
        self.same(self.folder / "first", self.folder / "second", but=("timing.json", "run.json", "report.html"))
        (self.folder / "first" / "people.csv").write_text(PEOPLE.replace("81.5", "82.5"), encoding="utf-8")
        self.refused(["check", "first/scenario.json"], 2, "/cohort/people_checksum", "these are other people")

    def test_one_life_of_a_cohort_is_told_from_its_age(self):
        self.write(PEOPLE, "people.csv")
        told = self.good("why", self.write(of_people(), "cohort.json"), "--member", "3").stdout
        self.assertIn(" 0.00   88.0", told)

    def test_events_are_at_the_age_of_each(self):
        self.write(PEOPLE, "people.csv")
        document = changed(of_people(), events=[{"type": "scheduled", "name": "call", "start": 0}])
        self.good("run", self.write(document, "cohort.json"), "-o", "results", "--quiet", "--events")
        ages = [float(row["age_years"]) for row in rows(self.folder / "results" / "events.csv") if row["event"] == "call"]
        self.assertEqual(ages, [age for age in (81.5, 74, 70, 88) for _ in document["arms"]])


class MeasurementTest(ProgramTest):
    def patient(self, **measurements):
        return changed(stripped(SCENARIO, "parameters"), patient={
            **stripped(SCENARIO["patient"], "fat_mass_kg", "physical_activity_level"), "measurements": measurements})

    def test_the_model_starts_from_what_was_measured(self):
        measured = {"grip_strength": 24, "gait_speed": 0.95, "aerobic_capacity": 18, "steps": 3500}
        document = changed(self.patient(**measured), outputs=list(measured))
        self.good("run", self.write(document), "-o", "results", "--member", "5", "--quiet")
        start = rows(self.folder / "results" / "member.csv")[0]
        for name, value in measured.items():
            self.assertAlmostEqual(float(start[name]) / value, 1, delta=1e-8)

    def test_measurements_that_conflict_are_named(self):
        for measured, words in [
                ({"grip_strength": 6}, ["/patient/measurements/grip_strength: 6 kg does not go with", "expected"]),
                ({"steps": 300}, ["/patient/measurements/steps: 300 steps/d is less than the"]),
                ({"steps": 12000, "aerobic_capacity": 11},
                 ["/patient/measurements/steps: 12000 steps/d does not go with aerobic_capacity 11 ml/kg/min"])]:
            self.refused_scenario(self.patient(**measured), *words)
        self.refused_scenario(self.patient(steps=3000, activity=0.6), "/activity: is given besides \"steps\"")
        self.refused_scenario(self.patient(gait_speed="3 mph"), "found the unit \"mph\"", "km/h")
        self.refused_scenario(self.patient(grip=20), "/patient/measurements/grip: unknown key", "grip_strength")
        self.refused_scenario(changed(self.patient(grip_strength=24), modules=["topp_full"], outputs=["glucose"], all_arms=[],
                                     arms=[{"name": "only"}]), "/patient/measurements")


class LabsTest(RunTest):
    def patient(self, **labs):
        return changed(SCENARIO, patient={**SCENARIO["patient"], "labs": labs}, added_modules=["glucose_system"],
                       outputs=["fasting_glucose", "fasting_insulin", "hba1c"], all_arms=[], arms=[{"name": "only"}],
                       horizon="1 year")

    def start(self, **labs):
        folder = self.results_of(self.patient(**labs), f"labs-{len(self.listing())}", "--member", "3")
        return {name: float(value) for name, value in rows(folder / "member.csv")[0].items()
                if name in ("fasting_glucose", "fasting_insulin", "hba1c")}

    def test_the_model_starts_from_labs_in_any_of_their_units(self):
        # Glucose: 180.16 g/mol; insulin: 6 pmol/L per uU/mL. The day of the model shows them to 5e-4.
        american = self.start(fasting_glucose=112, fasting_insulin=14, hba1c=6.2)
        for name, expected in (("fasting_glucose", 112), ("fasting_insulin", 14)):
            self.assertAlmostEqual(american[name] / expected, 1, delta=5e-4)
        self.assertAlmostEqual(american["hba1c"], 6.2, delta=1e-6)
        other = self.start(fasting_glucose={"value": 112 / 18.016, "unit": "mmol/L"},
                           fasting_insulin={"value": 84, "unit": "pmol/L"}, hba1c="6.2 %")
        for name, value in american.items():
            self.assertAlmostEqual(other[name] / value, 1, delta=1e-6)
        self.assertAlmostEqual(self.start(fasting_glucose="6 mmol/L")["fasting_glucose"] / 108.096, 1, delta=5e-4)
        self.assertEqual(self.start(fasting_insulin="9 mU/L"), self.start(fasting_insulin=9))

    def test_a_run_keeps_its_labs(self):
        one = self.results_of(self.patient(fasting_glucose="7 mmol/L", hba1c=6.8), "one")
        kept = read_json(one / "scenario.json")["patient"]["labs"]
        self.assertAlmostEqual(kept["fasting_glucose"], 126.112, delta=1e-9)
        self.assertEqual(kept["hba1c"], 6.8)
        self.same(one, self.results(source="one/scenario.json", folder="two"))

    def test_labs_that_nothing_starts_from_and_modules_that_do_not_exist_are_named(self):
        without = stripped(self.patient(hba1c=6), "added_modules")
        self.refused_scenario(changed(without, outputs=["strength"]),
                              "/patient/labs/hba1c: none of the modules starts from it")
        self.refused_scenario(changed(self.patient(), added_modules=["glucose_sistem"]), "/added_modules/0: ",
                              "\"glucose_sistem\"")


class CirculationLabsTest(RunTest):
    NAMES = ("systolic_pressure", "diastolic_pressure", "ldl_cholesterol", "hdl_cholesterol", "triglycerides", "egfr",
             "creatinine", "albuminuria", "smoking", "antihypertensive_use", "statin_use")

    def patient(self, labs, **more):
        return changed(SCENARIO, patient={**SCENARIO["patient"], "labs": labs, **more},
                       added_modules=["circulation_system"], outputs=list(self.NAMES), all_arms=[],
                       arms=[{"name": "only"}], horizon="1 year")

    def start(self, labs, **more):
        folder = self.results_of(self.patient(labs, **more), f"labs-{len(self.listing())}", "--member", "3")
        return {name: float(value) for name, value in rows(folder / "member.csv")[0].items() if name in self.NAMES}

    def test_the_model_starts_from_pressure_lipids_and_kidneys_in_any_of_their_units(self):
        labs = {"systolic_pressure": 147, "diastolic_pressure": 81, "ldl_cholesterol": 116, "hdl_cholesterol": 43,
                "triglycerides": 177, "egfr": 52, "albuminuria": 44}
        start = self.start(labs)
        for name, value in labs.items():
            self.assertAlmostEqual(start[name] / value, 1, delta=1e-9)
        self.assertEqual((start["smoking"], start["antihypertensive_use"], start["statin_use"]), (0, 0, 0))
        treated = self.start({**labs, "ldl_cholesterol": f"{116 / 38.67} mmol/L",
                              "triglycerides": {"value": 177 / 88.57, "unit": "mmol/L"}, "systolic_pressure": "147 mmHg",
                              "albuminuria": f"{44 / 8.84} mg/mmol"},
                             smoker=True, antihypertensive_drugs=2, statin_dose=4)
        for name in labs:
            self.assertAlmostEqual(treated[name] / start[name], 1, delta=1e-9)
        self.assertEqual((treated["smoking"], treated["antihypertensive_use"], treated["statin_use"]), (1, 1, 1))
        # Creatinine instead: CKD-EPI 2021 of a man of 80.
        creatinine = self.start({"creatinine": 1.3})
        self.assertAlmostEqual(creatinine["creatinine"], 1.3, delta=1e-4)
        self.assertAlmostEqual(creatinine["egfr"], 142 * (1.3 / 0.9) ** -1.2 * 0.9938 ** 80, delta=1e-6)
        micro = self.start({"creatinine": "114.9 umol/L"})
        self.assertAlmostEqual(micro["creatinine"], 1.3, delta=1e-3)

    def test_a_run_keeps_them(self):
        one = self.results_of(self.patient({"ldl_cholesterol": "3 mmol/L", "creatinine": 1.1}, smoker=True,
                                           antihypertensive_drugs=1), "one")
        self.same(one, self.results(source="one/scenario.json", folder="two"))

    def test_what_contradicts_itself_or_has_no_module_is_named(self):
        self.refused_scenario(self.patient({"egfr": 60, "creatinine": 1}), "/patient/labs", "say the same")
        self.refused_scenario(self.patient({"systolic_pressure": 80, "diastolic_pressure": 85}),
                              "/patient/labs/diastolic_pressure: found 85 mmHg", "systolic pressure of 80 mmHg")
        without = changed(stripped(self.patient({}), "added_modules"), outputs=["strength"])
        without["patient"]["smoker"] = True
        self.refused_scenario(without, "/patient/smoker: none of the modules answers to it")

    def test_pressure_measured_a_year_apart_agrees_as_in_people(self):
        # Visits of one person differ by 8 to 10 mmHg, and two of them a year apart correlate by 0.4 to 0.8. With 10 mmHg
        # it is 0.74 here (2,000 lives of two seeds), whose standard error of 0.014 makes one false alarm in 30,000.
        document = cohort({"population": "us-adults", "age": {"from": 45, "to": 65}}, all_arms=[],
                          added_modules=["circulation_system"], outputs=["systolic_pressure"], horizon="26 months",
                          arms=[{"name": "only"}],
                          events=[{"type": "visit", "name": "visit", "start": "1 year", "every": "1 year",
                                   "measurements": [{"quantity": "systolic_pressure", "error": 10}]}])
        found = rows(self.results_of({**document, "members": 1000}, "visits", "--events") / "events.csv")
        pressure = {(row["member"], row["occurrence"]): float(row["value"]) for row in found
                    if row["quantity"] == "systolic_pressure"}
        pairs = [(first, pressure[member, "2"]) for (member, visit), first in pressure.items()
                 if visit == "1" and (member, "2") in pressure]
        means = [sum(side) / len(pairs) for side in zip(*pairs)]
        product = lambda i, j: sum((pair[i] - means[i]) * (pair[j] - means[j]) for pair in pairs)
        correlation = product(0, 1) / (product(0, 0) * product(1, 1)) ** 0.5
        self.assertGreater(correlation, 0.4)
        self.assertLess(correlation, 0.8)

    def test_people_of_a_population_start_from_their_own(self):
        document = cohort({"population": "us-adults", "age": {"from": 50, "to": 70}}, all_arms=[],
                          added_modules=["circulation_system"], outputs=["systolic_pressure", "smoking"],
                          horizon="1 year", arms=[{"name": "only"}])
        folder = self.results_of(document, "people")
        self.good("cohort", self.write(document, "usa.json"), "-n", "32", "-o", "people.csv")
        people = rows(self.folder / "people.csv")
        self.assertTrue({"smoking", "antihypertensive_drugs", "statin_dose"} <= set(people[0]))
        first = {row["quantity"]: float(row["mean"]) for row in reversed(rows(folder / "bands.csv"))}
        for quantity, column in (("systolic_pressure", "systolic_pressure"), ("smoking", "smoking")):
            mean = sum(float(person[column]) for person in people) / len(people)
            self.assertAlmostEqual(first[quantity], mean, delta=1e-6 * abs(mean))


class StartTest(RunTest):
    AMERICAN = {"population": "us-adults", "age": {"from": 40, "to": 70},
                "eligibility": "fasting_glucose between 90 and 130 mg/dL",
                "eligibility_at_start": "glucose_2h between 140 and 199 mg/dL and hba1c < 6.5 %"}

    def american(self, **more):
        given = {name: value for name, value in {**self.AMERICAN, **more}.items() if value}
        return cohort(given, added_modules=["glucose_system"], outputs=["glucose_2h", "hba1c"], horizon="1 year",
                      all_arms=[], arms=[{"name": "only"}])

    # What the model shows at time zero, each person apart.
    LOOK = {"type": "visit", "name": "look", "start": 0, "measurements": [{"quantity": "glucose_2h"},
                                                                          {"quantity": "hba1c"}]}

    def test_all_who_start_are_within_what_was_asked_for(self):
        folder = self.results_of(changed(self.american(), events=[self.LOOK]), "chosen", "--events")
        seen = [row for row in rows(folder / "events.csv") if row["event"] == "look" and row["occurrence"] == "1"]
        self.assertEqual(len(seen), 2 * 32)
        for row in seen:
            self.assertAlmostEqual(float(row["time_years"]), 0, 9)
            if row["quantity"] == "glucose_2h":
                self.assertTrue(140 <= float(row["value"]) <= 199, row)
            else:
                self.assertLess(float(row["value"]), 6.5)
        bands = {row["quantity"]: row for row in rows(folder / "bands.csv") if float(row["time_years"]) == 0}
        self.assertTrue(140 <= float(bands["glucose_2h"]["q05"]) <= float(bands["glucose_2h"]["q95"]) <= 199)
        told = read_json(folder / "run.json")["cohort"]
        self.assertEqual((told["described"], told["not_placed"]), (32, 0))
        # Without the choice there are others.
        free = self.results_of(self.american(eligibility_at_start=None), "free")
        bands = {row["quantity"]: row for row in rows(free / "bands.csv") if float(row["time_years"]) == 0}
        self.assertLess(float(bands["glucose_2h"]["q05"]), 140)

    def test_a_member_alone_and_parts_are_the_same_people(self):
        self.settled(self.american(), "start.json")
        whole = self.results("--threads", "1", source="start.json", folder="whole")
        for part in ("0:5", "5:32"):
            self.results("--members", part, source="start.json", folder="part-" + part[0])
        self.good("merge", "part-0", "part-5", "-o", "merged", "--quiet")
        self.same(whole, self.folder / "merged")

    def test_what_nobody_starts_with_is_refused_before_a_run(self):
        for command in ("check", "run"):
            before = time.monotonic()
            message = self.refused_scenario(self.american(eligibility_at_start="hba1c > 19 % and glucose_2h < 100"),
                                            "/cohort/eligibility_at_start: ", "none was eligible", command=command)
            self.assertRegex(message, r"of \d{4,} candidates for the first members")
            self.assertLess(time.monotonic() - before, 30)  # a few seconds; a loaded machine is slow at that

    def test_what_cannot_be_asked_of_a_start_is_named(self):
        for condition, words in (
                ("glucose_2h < 8 kg", ["found the unit \"kg\" for glucose_2h", "expected \"mg/dl\""]),
                ("glucose_2hr < 140", ["there is no quantity \"glucose_2hr\"", "\"glucose_2h\"?"]),
                ("glucose_2h <", ["character 13", "expected a number"]),
                ("", ["must not be empty"])):
            with self.subTest(condition=condition):
                document = self.american()
                document["cohort"]["eligibility_at_start"] = condition
                self.refused_scenario(document, "/cohort/eligibility_at_start: ", *words)
        self.write(PEOPLE, "people.csv")
        self.refused_scenario(of_people(eligibility_at_start="gait_speed < 1.2"), "/cohort/eligibility_at_start: ",
                              "people of a table cannot be replaced by others")


class CoherenceTest(RunTest):
    def test_five_years_of_americans_stay_possible_and_their_values_belong_together(self):
        look = {"type": "visit", "name": "look", "every": "1 year", "measurements": [
            {"quantity": name} for name in ("fasting_glucose", "fasting_insulin", "hba1c", "glucose_2h")]}
        document = cohort({"population": "us-adults", "age": {"from": 40, "to": 70}}, added_modules=["glucose_system"],
                          outputs=["fasting_glucose", "hba1c"], events=[look], horizon="5.1 years", all_arms=[],
                          arms=[{"name": "only"}])
        self.good("run", self.write(changed(document, members=400)), "-o", "americans", "--events", "--quiet",
                  seconds=280)
        folder = self.folder / "americans"
        seen = collections.defaultdict(dict)
        for row in rows(folder / "events.csv"):
            if row["event"] == "look":
                seen[row["member"], int(row["occurrence"])][row["quantity"]] = float(row["value"])
        last = [values for (_, occurrence), values in seen.items() if occurrence == 6]
        self.assertGreater(len(last), 350)  # a few have died
        # Insulin may come close to none: the decline of the cells is heavy-tailed and has no floor.
        possible = {"fasting_glucose": (40, 600), "fasting_insulin": (0, 600), "hba1c": (3.5, 20),
                    "glucose_2h": (40, 1000)}
        for who, values in seen.items():
            for name, (low, high) in possible.items():
                self.assertTrue(low < values[name] < high, (who, name, values))
        self.assertGreater(statistics.correlation([v["hba1c"] for v in last], [v["fasting_glucose"] for v in last]),
                           0.7)


class BadCohortTest(ProgramTest):
    def test_who_is_given_once(self):
        self.refused_scenario(changed(cohort(), patient=SCENARIO["patient"]), "/cohort: is given besides \"patient\"")
        self.refused_scenario(stripped(cohort(), "cohort"), "/patient: is missing", "\"cohort\"")
        self.refused_scenario(cohort({**COHORT, "people": "people.csv"}), "/cohort/people: is given besides")
        self.refused_scenario(cohort({"sex": "male"}), "/cohort/population: is missing")
        self.refused_scenario(cohort({"people": "people.csv"}), "/cohort/country: is missing")

    def test_wrong_values_are_named(self):
        for wrong, words in [
                ({"population": "japan-65"}, ["/cohort/population: found \"japan-65\"", "expected one of: japan-65plus, us-adults"]),
                ({"population": "japan-65plus", "age": {"from": 50, "to": 80}}, ["/cohort/age: found 50 to 80 y", "65"]),
                ({"population": "japan-65plus", "age": {"from": 80, "to": 70}}, ["/cohort/age", "the younger first"]),
                ({"population": "japan-65plus", "age": {"from": 80}}, ["/cohort/age/to: is missing"]),
                ({"population": "japan-65plus", "sex": "woman"}, ["/cohort/sex: found \"woman\""]),
                ({"population": "us-adults", "measured": [{"quantity": "smoking", "error": 0.1}]},
                 ["/cohort/measured/0/quantity: \"smoking\" is known of people"]),
                ({"population": "japan-65plus", "eligibility": "gait_sped < 1"}, ["/cohort/eligibility", "\"gait_speed\"?"]),
                ({"population": "japan-65plus", "eligibility": "fasting_glucose < 100"}, ["have no \"fasting_glucose\""]),
                ({"population": "japan-65plus", "eligibility": "gait_speed <"}, ["/cohort/eligibility: character", "a number"]),
                ({"population": "japan-65plus", "eligibility": "gait_speed < 1 kg"}, ["found the unit \"kg\" for gait_speed"]),
                ({"population": "japan-65plus", "eligibility": ""}, ["/cohort/eligibility: must not be empty"]),
                ({"population": "japan-65plus", "eligibility": "age > 70 and age < 60"}, ["0 were eligible", "rate of 0"])]:
            self.refused_scenario(cohort(wrong), *words)

    def test_wrong_tables_are_named_with_line_and_column(self):
        head, *lines = PEOPLE.splitlines()

        def with_cell(old, new):
            return PEOPLE.replace(old, new, 1)

        for text, words in [
                ("", ["is empty"]),
                (head, ["has a header only"]),
                (with_cell("16.5,0.91", "16.5"), ["line 2: found 7 cells, expected 8"]),
                (with_cell("0.91", ""), ["line 2, column \"gait_speed\": is missing"]),
                (with_cell("b,74", "a,74"), ["line 3, column \"id\": \"a\" is there twice"]),
                (with_cell("81.5", "eighty"), ["line 2, column \"age\": found \"eighty\", expected a number"]),
                (with_cell("81.5", "nan"), ["line 2, column \"age\": found \"nan\""]),
                (with_cell("81.5", "1e308"), ["line 2, column \"age\": found 1e308, expected 20 to 105"]),
                (with_cell("81.5", "15"), ["line 2, column \"age\": found 15, expected 20 to 105"]),
                (with_cell("female", "woman"), ["line 2, column \"sex\": found \"woman\", expected male or female"]),
                (with_cell("149", "1.49"), ["line 2, column \"height_cm\": found 1.49, expected 120 to 220"]),
                (with_cell("0.22", "22"), ["line 2, column \"deficit_burden\": found 22, expected 0.02 to 0.6"]),
                (with_cell("149,47", "149,240"), ["comes to a bmi of 108.1 kg/m^2, expected 14 to 75"]),
                (head.replace("gait_speed", "systolic_pressure,diastolic_pressure") + "\n" +
                 lines[0].replace(",0.91", ",120,130") + "\n",
                 ["line 2, column \"id\": the row has a diastolic pressure of 130 mmHg, expected less", "of 120 mmHg"]),
                (with_cell("gait_speed", "gait_sped"), ["line 1: unknown column \"gait_sped\"", "\"gait_speed\"?"]),
                (with_cell("gait_speed", "grip_strength"), ["the column \"grip_strength\" is there twice"]),
                (with_cell("gait_speed", "height"), ["the column \"height\" gives a quantity twice"]),
                (with_cell("gait_speed", "bmi"), ["\"weight\" and \"bmi\" say the same"]),
                (with_cell("gait_speed", "male"), ["expected \"sex\" with male or female"]),
                (with_cell("deficit_burden", "waist"), ["the column \"deficit_burden\" is missing"]),
                (with_cell("sex", "pulse"), ["the column \"sex\" is missing"]),
                (with_cell("gait_speed", ""), ["line 1: found a column without a name"]),
                (with_cell("a,", "\"a\","), ["line 2: found a quote"]),
                (PEOPLE.encode() + b"e,\x00", ["line 6: found a zero byte"])]:
            with self.subTest(words=words):
                self.write(text, "people.csv")
                self.refused_scenario(of_people(), "/cohort/people: people.csv: ", *words)
        self.write(PEOPLE, "people.csv")
        self.refused_scenario(of_people(eligibility="age > 90"), "none of the 4 people of people.csv is eligible")
        self.refused_scenario(of_people(eligibility="grip > 9"), "/cohort/eligibility: these people have no \"grip\"")

    def test_a_table_that_is_not_there_or_too_large_is_refused(self):
        self.refused_scenario(of_people(), "/cohort/people", "there is no such file", status=4)
        (self.folder / "people.csv").mkdir()
        self.refused_scenario(of_people(), "/cohort/people", "is not a file", status=4)
        (self.folder / "people.csv").rmdir()
        with open(self.folder / "people.csv", "wb") as file:
            file.truncate(100_000_001)
        self.refused_scenario(of_people(), "has 100 MB, expected at most 100 MB")

    def test_a_patient_has_no_people_to_write(self):
        self.refused(["cohort", self.write(SCENARIO)], 2, "/patient: is one person")
        self.refused(["cohort", self.write(cohort()), "-n", "0"], 2, "-n: found 0")
        self.refused(["cohort", self.write(cohort()), "-o", "scenario.json"], 4, "exists already")


if __name__ == "__main__":
    unittest.main()
