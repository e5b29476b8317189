#!/usr/bin/env python3
"""The report is written in the language that is asked for, and tells of lives what the event log tells."""
import json
import re
import unittest

from program import RunTest, changed, eventful, rows, scenario


class ReportTest(RunTest):
    def page(self, folder):
        file = folder / "report.html"
        if not file.exists():
            self.skipTest("this program was built without the report")
        return file.read_text(encoding="utf-8")

    def data(self, folder):
        return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', self.page(folder), re.S)[1])


class Language(ReportTest):
    def test_it_is_english_where_nothing_is_asked_for(self):
        plain, asked = self.results(), self.results("--lang", "en", folder="asked")
        self.assertIn('<html lang="en">', self.page(plain))
        self.same(plain, asked)

    def test_japanese_changes_the_language_and_nothing_else(self):
        english, japanese = self.page(self.results()), self.page(self.results("--lang", "ja", folder="japanese"))
        self.assertEqual(english.replace('<html lang="en">', '<html lang="ja">'), japanese)

    def test_parts_are_merged_in_japanese(self):
        parts = [self.results("--members", part, folder=part.replace(":", "-")) for part in ("0:8", "8:16")]
        self.good("merge", *parts, "-o", "merged", "--quiet", "--lang", "ja")
        self.assertIn('<html lang="ja">', self.page(self.folder / "merged"))

    def test_another_language_is_refused(self):
        done = self.run_program("run", "scenario.json", "--lang", "de")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--lang", done.stderr)
        self.assertEqual(self.listing(), ["scenario.json"])


class Lifelines(ReportTest):
    def setUp(self):
        super().setUp()
        self.years = 8  # in which some of them die
        self.folder_of = self.results_of(eventful(horizon=f"{self.years} years"), "eventful", "--events")
        self.lives = self.data(self.folder_of)["lifelines"]
        self.log = rows(self.folder_of / "events.csv")
        self.arms = [arm["name"] for arm in eventful()["arms"]]

    def of(self, member, arm):
        return [row for row in self.log if int(row["member"]) == member and row["arm"] == self.arms[arm]]

    def test_they_are_those_of_the_first_members(self):
        self.assertEqual([life["member"] for life in self.lives], list(range(6)))

    def test_what_happens_is_what_the_event_log_of_the_ensemble_says(self):
        told = 0
        for life in self.lives:
            for arm, line in enumerate(life["arms"]):
                expected = [(row["kind"], row["event"], row["cause"]) for row in self.of(life["member"], arm)
                            if row["kind"] != "reaction" and row["event"] != "death"]
                self.assertEqual([(h["kind"], h["name"], h["cause"]) for h in line["happenings"]], expected)
                times = [float(row["time_years"]) for row in self.of(life["member"], arm)
                         if row["kind"] != "reaction" and row["event"] != "death"]
                for happening, time in zip(line["happenings"], times):
                    # The report carries seven digits.
                    self.assertAlmostEqual(happening["time"], time, delta=1e-6 * max(1, time))
                told += len(expected)
        self.assertGreater(told, 50)  # otherwise this compares nothing

    def test_what_events_start_begins_when_the_log_says(self):
        started = 0
        for life in self.lives:
            for arm, line in enumerate(life["arms"]):
                begun = [float(row["time_years"]) for row in self.of(life["member"], arm) if row["kind"] == "reaction"]
                for time in begun:
                    self.assertTrue(any(abs(d["from"] - time) < 1e-6 * max(1, time) for d in line["done"]), time)
                started += len(begun)
        self.assertGreater(started, 0)

    def test_lives_end_at_death_or_at_the_horizon(self):
        dead = 0
        for life in self.lives:
            for arm, line in enumerate(life["arms"]):
                deaths = [float(row["time_years"]) for row in self.of(life["member"], arm) if row["event"] == "death"]
                self.assertEqual(line["dies"], bool(deaths))
                self.assertAlmostEqual(line["end"], deaths[0] if deaths else self.years, delta=1e-6)
                self.assertTrue(all(d["from"] <= d["until"] <= line["end"] for d in line["done"]))
                self.assertTrue(all(h["time"] <= line["end"] for h in line["happenings"]))
                dead += len(deaths)
        self.assertGreater(dead, 0)

    def test_the_first_members_of_a_part_are_its_own(self):
        part = self.results_of(eventful(), "part", "--members", "8:16")
        self.assertEqual([life["member"] for life in self.data(part)["lifelines"]], list(range(8, 14)))

    def test_a_fork_tells_none_because_its_lives_began_elsewhere(self):
        document = eventful()
        self.results_of(document, "trunk", "--until", "1 year")
        arms = [changed(arm, interventions=[]) for arm in document["arms"]]
        fork = self.data(self.results_of(changed(document, arms=arms), "fork", "--from", "trunk"))
        self.assertEqual(fork["lifelines"], [])
        self.assertIn("--from SNAPSHOT", fork["command"])


class Assumptions(ReportTest):
    def test_each_assumed_parameter_of_the_modules_is_listed_with_its_reason(self):
        evidence = self.data(self.results_of(scenario(), "plain"))["evidence"]
        self.assertEqual(len(evidence["assumptions"]), evidence["assumed"])
        for row in evidence["assumptions"]:
            self.assertTrue(row["why"], row["name"])


if __name__ == "__main__":
    unittest.main()
