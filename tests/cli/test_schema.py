#!/usr/bin/env python3
"""The JSON Schema that the program prints says what the program does."""
import copy
import json
import unittest

import jsonschema

from program import EXAMPLES, SCENARIO, ProgramTest, at, leaves, objects, read_json, replaced, scenario


class Schema(ProgramTest):
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


if __name__ == "__main__":
    unittest.main()
