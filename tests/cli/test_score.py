"""healthspan score: published scores of a table of people, who is outside of them, and what is wrong in a table."""
import csv
import io
import unittest

from program import ProgramTest

# The woman and the man of the examples of PREVENT (Khan et al. 2024, table S12).
KHAN = """id,sex,age,total_cholesterol,hdl_cholesterol,systolic_pressure,diabetes,smoking,bmi,egfr,antihypertensive_use,statin_use
woman,female,50,200,45,160,1,0,35,90,1,0
man,male,50,200,45,160,1,0,35,90,1,0
"""
# Examples of the papers on SCORE2: supplementary table 4, low risk.
EUROPE = """sex,age,smoking,systolic_pressure,total_cholesterol_mmol_per_L,hdl_cholesterol_mmol_per_L
male,50,1,140,6.3,1.4
female,50,1,140,6.3,1.4
"""
DIABETES = """sex,age,smoking,systolic_pressure,total_cholesterol_mmol_per_L,hdl_cholesterol_mmol_per_L,diabetes_duration,hba1c_mmol_per_mol,egfr
male,60,0,140,5.5,1.3,0,50,90
female,60,0,140,5.5,1.3,10,70,60
"""
UKPDS = """sex,age,diabetes_duration,systolic_pressure,hdl_cholesterol_mmol_per_L,ldl_cholesterol_mmol_per_L,hba1c,bmi,egfr,smoking
male,60,8,140,1.2,3.0,7.5,30,80,0
"""


class ScoreTest(ProgramTest):
    def scores(self, score, table, *options):
        self.write(table, "people.csv")
        done = self.good("score", score, "people.csv", *options)
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def test_prevent_gives_the_examples_of_its_paper(self):
        woman, man = self.scores("prevent", KHAN)
        self.assertEqual((woman["id"], man["id"]), ("woman", "man"))
        for person, risks in ((woman, "0.1468 0.0920 0.0806 0.0441 0.0540"), (man, "0.1632 0.1019 0.1059 0.0557 0.0521")):
            found = [f"{float(person[name]):.4f}" for name in
                     ("cvd_10y", "ascvd_10y", "heart_failure_10y", "chd_10y", "stroke_10y")]
            self.assertEqual(" ".join(found), risks)
            self.assertEqual(person["outside"], "")
        with_hba1c = "".join(line + end for line, end in zip(KHAN.splitlines(), (",hba1c\n", ",7.5\n", ",7.5\n")))
        self.assertEqual([f"{float(p['stroke_10y']):.4f}" for p in self.scores("prevent", with_hba1c)], ["0.0457", "0.0467"])

    def test_the_score2_family_gives_the_examples_of_its_papers(self):
        def percents(score, table, region):
            return [f"{100 * float(p['cvd_10y']):.1f}" for p in self.scores(score, table, "--region", region)]

        self.assertEqual(percents("score2", EUROPE, "low"), ["6.3", "4.3"])
        self.assertEqual(percents("score2", EUROPE, "high"), ["8.8", "7.1"])
        self.assertEqual(percents("score2-diabetes", DIABETES, "low"), ["8.4", "9.8"])
        older = EUROPE.replace("50,1,140,6.3,1.4", "75,1,140,5.5,1.3")
        self.assertEqual(percents("score2-op", older, "low"), ["18.6", "15.2"])

    def test_framingham_with_lipids_and_without(self):
        woman = "sex,age,total_cholesterol,hdl_cholesterol,systolic_pressure,antihypertensive_use,smoking,diabetes\nfemale,61,180,47,124,0,1,0\n"
        self.assertEqual(f"{float(self.scores('framingham', woman)[0]['cvd_10y']):.4f}", "0.1048")
        young = "sex,age,bmi,systolic_pressure,antihypertensive_use,smoking,diabetes\nfemale,35,24.3,122,0,1,0\n"
        self.assertEqual(f"{float(self.scores('framingham-office', young)[0]['cvd_10y']):.5f}", "0.02935")

    def test_histories_choose_the_equations_of_the_outcomes_model(self):
        (first,) = self.scores("ukpds-om2", UKPDS)
        (second,) = self.scores("ukpds-om2", "mi_history," + UKPDS.replace("male,60", "1,male,60"))
        self.assertEqual(f"{float(first['mi_1y']):.7f}", "0.0088915")  # worked out elsewhere, tests/data
        self.assertGreater(float(second["mi_1y"]), float(first["mi_1y"]))
        self.assertGreater(float(second["death_without_event_1y"]), float(first["death_without_event_1y"]))
        (failing,) = self.scores("ukpds-om2", "heart_failure_history," + UKPDS.replace("male,60", "1,male,60"))
        self.assertEqual(float(failing["heart_failure_1y"]), 0)

    def test_who_is_outside_is_told_in_words_and_counted(self):
        self.write(KHAN.replace("female,50", "female,85").replace("0,35,", "0,41,", 1), "people.csv")
        done = self.good("score", "prevent", "people.csv")
        woman, man = csv.DictReader(io.StringIO(done.stdout))
        self.assertEqual(woman["outside"], "age 85, expected 30 to below 80; bmi 41, expected 18.5 to below 40")
        self.assertEqual(man["outside"], "")
        self.assertIn("1 of 2 people are outside", done.stderr)
        (ill,) = self.scores("score2", "mi_history," + EUROPE.splitlines()[0] + "\n1," + EUROPE.splitlines()[1] + "\n",
                             "--region", "low")
        self.assertEqual(ill["outside"], "mi_history 1, expected 0")

    def test_what_follows_from_the_rest_need_not_be_given(self):
        derived = KHAN.replace("total_cholesterol", "ldl_cholesterol,triglycerides").replace(",200,", ",125,150,") \
            .replace("bmi", "height,weight").replace(",35,", ",1.6,89.6,")
        for given, whole in zip(self.scores("prevent", derived), self.scores("prevent", KHAN)):
            self.assertAlmostEqual(float(given["cvd_10y"]), float(whole["cvd_10y"]), 9)
        taken = KHAN.replace("antihypertensive_use", "antihypertensive_drugs").replace("statin_use", "statin_dose")
        self.assertEqual(self.scores("prevent", taken), self.scores("prevent", KHAN))
        self.refused_table("prevent", derived.replace("125,150", "125,450", 1), 2,
                           "line 2", "no total_cholesterol can be worked out")

    def test_a_file_is_written_once(self):
        self.write(KHAN, "people.csv")
        self.good("score", "prevent", "people.csv", "-o", "risks.csv")
        self.assertTrue((self.folder / "risks.csv").read_text().startswith("id,cvd_10y,"))
        self.refused(["score", "prevent", "people.csv", "-o", "risks.csv"], 4, "risks.csv: exists already")

    def refused_table(self, score, table, status, *words):
        self.write(table, "people.csv")
        self.refused(["score", score, "people.csv"], status, *words)

    def test_wrong_tables_and_options_are_named(self):
        self.refused_table("prevnt", KHAN, 2, "there is no score \"prevnt\"", "\"prevent\"?")
        self.refused_table("score2", EUROPE, 2, "region: is missing", "low, moderate, high, very-high")
        self.write(EUROPE, "people.csv")
        self.refused(["score", "score2", "people.csv", "--region", "hihg"], 2, "unknown \"hihg\"", "\"high\"?")
        self.refused(["score", "framingham", "people.csv", "--region", "low"], 2, "framingham is not for a region")
        self.refused_table("prevent", KHAN.replace("smoking", "smokin"), 2, "line 1", "\"smokin\"", "\"smoking\"?")
        self.refused_table("prevent", KHAN.replace("smoking", "pulse"), 2, "line 1", "the column \"smoking\" is missing")
        self.refused_table("prevent", KHAN.replace("bmi", "pulse"), 2, "the column \"bmi\" (or \"height\" and \"weight\") is missing")
        self.refused_table("prevent", KHAN.replace("160,1,0", "160,1,2", 1), 2, "line 2, column \"smoking\": found 2, expected 0 or 1")
        self.refused_table("prevent", KHAN.replace("woman,female,50,200", "woman,female,50,20", 1), 2,
                           "line 2, column \"total_cholesterol\": found 20, expected 50 to 600")
        self.write(EUROPE.replace("6.3", "200", 1), "people.csv")
        self.refused(["score", "score2", "people.csv", "--region", "low"], 2,
                     "column \"total_cholesterol_mmol_per_L\": found 200, expected 1.293 to 15.52")
        self.refused(["score", "prevent", "nowhere.csv"], 4, "nowhere.csv: cannot be read")
        self.refused(["score", "prevent"], 2, "PEOPLE is missing")


if __name__ == "__main__":
    unittest.main()
