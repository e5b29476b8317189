"""Cohorts: people of a population or of a table, who of them is eligible, and starts that show what was measured."""
import csv
import io

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
