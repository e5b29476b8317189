"""Risk scores from Python: a person, a table, and the bits of the command line."""
import csv
import io
import unittest

from package import ProgramTest, hs

# The woman of the examples of PREVENT (Khan et al. 2024, table S12).
WOMAN = {"sex": "female", "age": 50, "total_cholesterol": 200, "hdl_cholesterol": 45, "systolic_pressure": 160,
         "diabetes": True, "smoking": False, "bmi": 35, "egfr": 90, "antihypertensive_use": 1, "statin_use": 0}


class Scores(ProgramTest):
    def test_one_person_gets_numbers_and_several_get_columns(self):
        one = hs.score("prevent", WOMAN)
        self.assertEqual(f"{one['cvd_10y']:.4f}", "0.1468")
        self.assertEqual(one["outside"], "")
        man = {**WOMAN, "sex": "male", "age": 81.5}
        rows = hs.score("prevent", [WOMAN, man])
        columns = hs.score("prevent", {name: [WOMAN[name], man[name]] for name in WOMAN})
        self.assertEqual(rows, columns)
        self.assertEqual(rows["cvd_10y"][0], one["cvd_10y"])
        self.assertEqual(rows["outside"][1], "age 81.5, expected 30 to below 80")

    def test_a_data_frame_goes_in_and_comes_out(self):
        try:
            import pandas
        except ImportError:
            self.skipTest("without pandas")
        people = pandas.DataFrame([WOMAN, {**WOMAN, "sex": "male"}])
        risks = pandas.DataFrame(hs.score("prevent", people))
        self.assertEqual(list(risks.columns[:2]), ["id", "cvd_10y"])
        self.assertEqual([f"{p:.4f}" for p in risks["cvd_10y"]], ["0.1468", "0.1632"])

    def test_the_program_gives_the_same(self):
        names = list(WOMAN)
        table = ",".join(names) + "\n" + ",".join(str(v if isinstance(v, str) else float(v)) for v in WOMAN.values()) + "\n"
        (self.folder / "people.csv").write_text(table)
        done = self.run_program("score", "prevent", "people.csv")
        (row,) = csv.DictReader(io.StringIO(done.stdout))
        self.assertAlmostEqual(float(row["stroke_10y"]), hs.score("prevent", WOMAN)["stroke_10y"], 10)  # as printed

    def test_what_is_wrong_is_named(self):
        with self.assertRaisesRegex(hs.errors.UnknownNameError, 'did you mean "prevent"'):
            hs.score("prevnt", WOMAN)
        with self.assertRaisesRegex(hs.errors.MissingValueError, 'line 1: the column "smoking"'):
            hs.score("prevent", {name: value for name, value in WOMAN.items() if name != "smoking"})
        with self.assertRaisesRegex(hs.errors.OutOfRangeError, 'line 2, column "bmi": found 350'):
            hs.score("prevent", {**WOMAN, "bmi": 350})
        with self.assertRaisesRegex(hs.errors.UsageError, "region: is missing"):
            hs.score("score2", WOMAN)
        with self.assertRaisesRegex(ValueError, "differ in length"):
            hs.score("prevent", {**{name: [value] for name, value in WOMAN.items()}, "age": [50, 60]})


if __name__ == "__main__":
    unittest.main()
