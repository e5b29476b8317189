#!/usr/bin/env python3
"""The JSON Schema that the program prints says what the program does."""
import copy
import json
import unittest

import jsonschema

from program import (EVENTFUL, EXAMPLES, SCENARIO, ProgramTest, at, eventful, leaves, objects, read_json, replaced,
                     scenario)


class SchemaTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.schema = json.loads(self.good("schema").stdout)
        self.validator = jsonschema.Draft202012Validator(self.schema)

    def accepted(self, document):
        """By the schema and by the program alike."""
        self.validator.validate(document)
        self.good("check", self.write(document))

    def rejected(self, document):
        self.assertFalse(self.validator.is_valid(document), document)
        self.refused_scenario(document)


class Schema(SchemaTest):
    def test_the_schema_is_a_valid_one_of_its_draft(self):
        self.assertEqual(self.schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
        jsonschema.Draft202012Validator.check_schema(self.schema)

    def test_every_field_is_described(self):
        for name, field in self.schema["properties"].items():
            self.assertTrue(field.get("description"), name)

    def test_every_example_and_the_small_scenario_are_valid(self):
        for document in [SCENARIO, *map(read_json, EXAMPLES)]:
            self.validator.validate(document)

    def test_a_resolved_scenario_is_valid(self):
        self.good("run", self.write(SCENARIO), "-o", "results", "--quiet")
        resolved = read_json(self.folder / "results" / "scenario.json")
        self.assertIn("numerics", resolved)
        self.accepted(resolved)

    def test_all_ways_of_writing_a_quantity_are_accepted(self):
        patient = {key: value for key, value in SCENARIO["patient"].items() if not key.startswith("height")}
        for height in ({"height": 1.63}, {"height": "163 cm"}, {"height": "1.63 m"}, {"height_cm": 163},
                       {"height_m": 1.63}, {"height": {"value": 163, "unit": "cm"}}):
            with self.subTest(height=height):
                self.accepted(scenario(patient={**patient, **height}))

    def test_texts_of_quantities_are_read_alike(self):
        for horizon in ("2 years", " 2  years ", "2years", "2.y", "104 weeks", "2.5e1 months", "7e2 d", "+2 y"):
            self.accepted(scenario(horizon=horizon))
        for horizon in ("two years", "2", "years", "2 years and more", "2 yrs", "", "- 2 years", "1e years"):
            self.rejected(scenario(horizon=horizon))

    def test_whole_numbers_may_be_written_with_a_point(self):
        self.accepted(scenario(members=16.0, seed=7.0))

    def test_an_unknown_key_is_rejected_at_every_level(self):
        for path in objects(SCENARIO):
            if path != ("parameters",):
                wrong = copy.deepcopy(SCENARIO)
                at(wrong, path)["unknown"] = 1
                with self.subTest(path=path):
                    self.rejected(wrong)

    def test_a_wrong_type_is_rejected_everywhere(self):
        for path in leaves(SCENARIO):
            for value in (None, [], {"unknown": 1}):
                with self.subTest(path=path, value=value):
                    self.rejected(replaced(SCENARIO, path, value))

    def test_what_is_missing_is_rejected(self):
        for key in ("title", "patient", "horizon", "arms"):
            self.rejected({name: value for name, value in SCENARIO.items() if name != key})
        for key in ("age", "sex", "height_cm", "weight_kg", "deficit_burden"):
            patient = {name: value for name, value in SCENARIO["patient"].items() if name != key}
            self.rejected(scenario(patient=patient))
        self.rejected(scenario(arms=[{"name": "a", "interventions": [{"type": "hospital_stay", "start": 1}]}]))

    def test_a_wrong_unit_is_rejected(self):
        self.rejected(scenario(horizon="2 kg"))
        self.rejected(scenario(horizon={"value": 2, "unit": "fortnights"}))
        patient = {key: value for key, value in SCENARIO["patient"].items() if key != "weight_kg"}
        self.rejected(scenario(patient={**patient, "weight_stone": 10}))
        self.rejected(scenario(patient={**SCENARIO["patient"], "weight": 62}))  # given twice

    def test_what_is_out_of_range_is_rejected(self):
        for change in ({"arms": []}, {"members": 0}, {"members": 1.5}, {"seed": -1}, {"horizon": 1}, {"title": ""},
                       {"outputs": ["activity", "activity"]}):
            self.rejected(scenario(**change))
        self.rejected(scenario(patient={**SCENARIO["patient"], "age": 400}))
        self.rejected(scenario(patient={**SCENARIO["patient"], "height_cm": 400}))
        self.rejected(scenario(parameters={"relative_strength": {"log_sd": -1}}))

    def test_a_word_that_is_no_choice_is_rejected(self):
        self.rejected(scenario(patient={**SCENARIO["patient"], "sex": "man"}))
        self.rejected(scenario(arms=[{"name": "a", "interventions": [{"type": "surgery", "start": 1}]}]))


class Events(SchemaTest):
    """The same of events, of starts on them, and of what else is said once of a run."""

    def start(self, **start):
        return replaced(EVENTFUL, ("arms", 1, "interventions", 0, "start"), start)

    def test_every_kind_of_event_and_start_is_accepted(self):
        self.accepted(EVENTFUL)
        for start in ({"on": "slow"}, {"on": "admission"}, {"on": "slow", "delay": 3},
                      {"on": "slow", "delay_weeks": 2}, {"on": "call", "delay": {"value": 2, "unit": "weeks"}},
                      {"on": "slowing", "most_times": 100000}):
            with self.subTest(start=start):
                self.accepted(self.start(**start))
        for path, value in ((("events", 0, "every"), 0), (("events", 0, "start"), 0),
                            (("events", 1, "at_start"), False), (("events", 1, "level"), -1e9),
                            (("events", 1, "side"), "above"), (("events", 2, "start"), "0 d"),
                            (("events", 2, "findings"), EVENTFUL["events"][2]["findings"] * 2),
                            (("events", 2, "measurements", 0, "relative"), False)):
            with self.subTest(path=path, value=value):
                document = copy.deepcopy(EVENTFUL)
                at(document, path[:-1])[path[-1]] = value
                self.accepted(document)

    def test_solvers_and_deaths_are_accepted(self):
        for change in ({"deaths": "weighed"}, {"deaths": "sampled"}, {"solver": {"method": "lanes"}},
                       {"solver": {"method": "reference", "tolerance": 1e-10}},
                       {"solver": {"method": "rosenbrock", "tolerance": 1e-3}}):
            self.accepted(eventful(**change))

    def test_an_unknown_key_is_rejected_at_every_level_of_it(self):
        for path in objects(EVENTFUL):
            wrong = copy.deepcopy(EVENTFUL)
            at(wrong, path)["unknown"] = 1
            with self.subTest(path=path):
                self.rejected(wrong)

    def test_a_wrong_type_is_rejected_everywhere_in_it(self):
        for path in leaves(EVENTFUL):
            for value in (None, [], {"unknown": 1}):
                with self.subTest(path=path, value=value):
                    self.rejected(replaced(EVENTFUL, path, value))

    def test_what_is_missing_in_it_is_rejected(self):
        for path in (("events", 0, "type"), ("events", 0, "name"), ("events", 1, "quantity"), ("events", 1, "side"),
                     ("events", 1, "level"), ("events", 2, "measurements"),
                     ("events", 2, "measurements", 0, "quantity"),
                     ("events", 2, "findings", 0, "name"), ("events", 2, "findings", 0, "quantity"),
                     ("events", 2, "findings", 0, "side"), ("events", 2, "findings", 0, "level"),
                     ("arms", 1, "interventions", 0, "start", "on"), ("all_arms", 0, "duration")):
            wrong = copy.deepcopy(EVENTFUL)
            del at(wrong, path[:-1])[path[-1]]
            with self.subTest(path=path):
                self.rejected(wrong)

    def test_what_is_out_of_range_in_it_is_rejected(self):
        for path, value in ((("events", 0, "start"), -1), (("events", 0, "every"), -1), (("events", 0, "name"), ""),
                            (("events", 0, "start"), 40000), (("events", 1, "level"), 1e10),
                            (("events", 1, "hysteresis"), -1), (("events", 1, "level"), "0.9 m/s"),
                            (("events", 2, "measurements"), []), (("events", 2, "measurements", 0, "error"), -1),
                            (("events", 2, "findings", 0, "delay"), 4000), (("events", 0, "every"), "12 hours"),
                            (("events", 0, "type"), "surprise"), (("events", 1, "side"), "beneath")):
            with self.subTest(path=path, value=value):
                self.rejected(replaced(EVENTFUL, path, value))
        for start in ({"on": ""}, {"on": "slow", "delay": -1}, {"on": "slow", "most_times": 0}, {"delay": 3}, {},
                      {"on": "slow", "most_times": 2.5}, {"on": "slow", "every": 3}, {"on": "slow", "unit": "d"}):
            with self.subTest(start=start):
                self.rejected(self.start(**start))
        for change in ({"deaths": "weighted"}, {"solver": {"method": "euler"}}, {"solver": {}}, {"solver": "lanes"},
                       {"solver": {"method": "lanes", "tolerance": 1}}, {"solver": {"method": "lanes", "order": 4}}):
            self.rejected(eventful(**change))

    def test_what_repeats_within_a_day_is_rejected(self):
        self.rejected(replaced(EVENTFUL, ("events", 0, "every"), 0.5))

    def test_the_resolved_scenario_reads_back_to_the_same_bytes(self):
        changes = ({}, {"deaths": "weighed"}, {"solver": {"method": "rosenbrock", "tolerance": 1e-7}},
                   {"arms": [{"name": "on", "interventions": [
                       {"type": kind, "start": {"on": "slow", "delay": "3.3 weeks"}, "duration": "0.1 years",
                        **more} for kind, more in (("diet", {"energy_kJ_per_d": 333}), ("hospital_stay", {}),
                                                   ("aerobic_exercise", {"dose": 0.3}))]}]})
        for number, change in enumerate(changes):
            with self.subTest(change=change):
                self.good("run", self.write(eventful(members=4, **change)), "-o", f"{number}", "--quiet")
                first = (self.folder / f"{number}" / "scenario.json").read_bytes()
                self.good("run", f"{number}/scenario.json", "-o", f"{number} again", "--quiet")
                self.assertEqual(first, (self.folder / f"{number} again" / "scenario.json").read_bytes())
                self.accepted(json.loads(first))


if __name__ == "__main__":
    unittest.main()
