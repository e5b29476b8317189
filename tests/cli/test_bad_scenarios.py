#!/usr/bin/env python3
"""Whatever is wrong with a scenario, one sentence says where, what was found and what was expected. Here are the tests
that go through a scenario place by place; single cases are files, see test_bad_files.py."""
import copy
import json
import random
import unittest

from program import (EVENTFUL, EXAMPLES, SCENARIO, ProgramTest, at, eventful, leaves, objects, pointer, replaced,
                     scenario)

HUGE = 10 ** 30


def stripped(document, key):
    """A copy of an object without one key."""
    return {name: value for name, value in document.items() if name != key}


class BadFiles(ProgramTest):
    def test_a_missing_file_is_named(self):
        for command in ("check", "run"):
            self.refused([command, "nowhere.json"], 4, "nowhere.json: ", "there is no such file")

    def test_a_name_too_long_for_the_system_is_a_missing_file(self):
        self.refused(["check", 300 * "a"], 4, "there is no such file")

    def test_a_folder_is_not_a_scenario(self):
        (self.folder / "place").mkdir()
        for command in ("check", "run"):
            self.refused([command, "place"], 4, "place: ", "it is a folder")

    def test_a_truncated_file_is_refused_wherever_it_ends(self):
        text = json.dumps(SCENARIO)
        for end in range(1, len(text), len(text) // 12):
            with self.subTest(end=end):
                self.refused_scenario(text[:end], "not well-formed JSON", "line 1")

    def test_binary_garbage_is_refused(self):
        self.refused_scenario(random.Random(1).randbytes(4096), "not well-formed JSON")
        self.refused_scenario(bytes(4096), "not well-formed JSON")
        self.refused_scenario(json.dumps(SCENARIO).replace("small", "\ud800").encode("utf-8", "surrogatepass"),
                              "not well-formed JSON")

    def test_a_document_nested_without_end_is_refused(self):
        self.refused_scenario('{"title": ' + 1000000 * "[" + 1000000 * "]" + "}", "nested more than")


class BadKeys(ProgramTest):
    def test_an_unknown_key_is_refused_at_every_level_with_its_neighbour(self):
        for path in objects(SCENARIO):
            if path == ("parameters",):
                continue  # its keys are names of parameters
            wrong = copy.deepcopy(SCENARIO)
            inside = at(wrong, path)
            near = max(inside, key=len)
            inside[near + "x"] = inside[near]
            with self.subTest(path=path):
                self.refused_scenario(wrong, f"{pointer(path)}/{near}x: unknown key", f'did you mean "{near}"?')

    def test_control_characters_in_a_key_do_not_break_the_line(self):
        self.refused_scenario(scenario(**{"a\nb\x1b[31m": 1}), "unknown key")


class BadValues(ProgramTest):
    def test_every_value_of_a_wrong_type_is_refused_with_its_place(self):
        wrong_values = [None, True, "wrong", "", [], {}, [1], {"value": "1"}, -HUGE]
        for path in leaves(SCENARIO):
            right = at(SCENARIO, path)
            for value in wrong_values:
                if isinstance(right, bool) and isinstance(value, bool):
                    continue
                if path[-1] in ("title", "question", "name") and isinstance(value, str):
                    if value or path[-1] == "question":
                        continue  # a text as good as any
                if path == ("parameters", "relative_fitness") and value == {}:
                    continue  # a parameter of which nothing is changed
                place = path[:2] if path[0] == "parameters" else path  # a parameter is checked as a whole
                with self.subTest(path=path, value=value):
                    self.refused_scenario(replaced(SCENARIO, path, value), f": {pointer(place)}")

    def test_every_list_and_object_replaced_by_something_else_is_refused(self):
        for path in [("patient",), ("parameters",), ("outputs",), ("all_arms",), ("arms",), ("arms", 1),
                     ("arms", 1, "interventions"), ("arms", 1, "interventions", 0), ("all_arms", 0)]:
            other = [] if isinstance(at(SCENARIO, path), dict) else {}
            for value in (None, True, 3, "wrong", other):
                with self.subTest(path=path, value=value):
                    self.refused_scenario(replaced(SCENARIO, path, value), f": {pointer(path)}: found", "expected")


class BadMeaning(ProgramTest):
    def test_nobody_is_in_hospital_twice_at_the_same_time(self):
        stay = {"type": "hospital_stay", "start": 300, "duration": 10}
        wrong = scenario(arms=[{"name": "a"}, {"name": "b", "interventions": [stay, {**stay, "start": 309}]}])
        self.refused_scenario(wrong, "/arms/1/interventions: ", "at the same time")
        after = scenario(arms=[{"name": "b", "interventions": [stay, {**stay, "start": 310}]}])
        self.good("check", self.write(after))

    def test_ranges_of_another_scenario_are_refused(self):
        whole = {"activity": [0, 1], "strength": [0, 2], "body_weight": [30, 90]}
        numerics = {"substeps_per_month": 2, "ranges": whole}
        self.good("check", self.write(scenario(numerics=numerics)))
        self.refused_scenario(scenario(numerics={**numerics, "ranges": stripped(whole, "strength")}),
                              "/numerics/ranges/strength: is missing")
        self.refused_scenario(scenario(numerics={**numerics, "ranges": {**whole, "steps": [0, 1]}}),
                              "/numerics/ranges/steps: is not among the outputs")
        self.refused_scenario(scenario(numerics={**numerics, "ranges": {**whole, "strength": [2, 0]}}),
                              "/numerics/ranges/strength: found [2,0], expected two numbers, the lower one first")

    def test_run_refuses_what_check_refuses_and_leaves_no_folder(self):
        for wrong in (scenario(arms=[]), scenario(outputs=["strenght"]), scenario(members=0),
                      scenario(modules=["muscle"], outputs=["strength"]),
                      scenario(parameters={"relative_strength": -1})):
            self.refused_scenario(wrong, command="run")


class BadEvents(ProgramTest):
    CALL, SLOWING, CHECK_UP = (("events", k) for k in range(3))

    def started(self, **start):
        """The eventful scenario with another start of the programme that a finding brings about."""
        return replaced(EVENTFUL, ("arms", 1, "interventions", 0, "start"), start)

    def test_the_eventful_scenario_itself_is_good(self):
        self.good("check", self.write(EVENTFUL))

    def test_the_check_says_what_may_happen(self):
        told = self.good("check", self.write(EVENTFUL)).stdout
        self.assertIn('event "slowing": gait_speed below 0.9\n', told)
        self.assertIn('finds "slow" (gait_speed below 0.85)', told)

    def test_nobody_is_twice_in_hospital_after_one_event(self):
        stay = EVENTFUL["all_arms"][0]
        self.refused_scenario(eventful(all_arms=[stay, stay]), ": /arms/0/interventions: ", "two hospital stays")
        later = {**stay, "start": {"on": "admission", "delay": "30 days"}}
        self.good("check", self.write(eventful(all_arms=[stay, later])))

    def test_an_unknown_key_is_refused_at_every_level_with_its_neighbour(self):
        for path in objects(EVENTFUL):
            wrong = copy.deepcopy(EVENTFUL)
            inside = at(wrong, path)
            near = max(inside, key=len)
            inside[near + "x"] = inside[near]
            with self.subTest(path=path):
                self.refused_scenario(wrong, f"{pointer(path)}/{near}x: unknown key", f'did you mean "{near}"?')

    def test_a_key_of_another_kind_of_event_is_refused(self):
        for path, key, value in ((self.CALL, "quantity", "strength"), (self.CALL, "level", 1),
                                 (self.CALL, "findings", []), (self.SLOWING, "start", 1), (self.SLOWING, "every", 9),
                                 (self.SLOWING, "measurements", []),
                                 (self.CHECK_UP, "quantity", "strength"), (self.CHECK_UP, "at_start", True)):
            with self.subTest(path=path, key=key):
                wrong = copy.deepcopy(EVENTFUL)
                at(wrong, path)[key] = value
                self.refused_scenario(wrong, f"{pointer(path)}/{key}: unknown key; expected one of: type, name, ")

    def test_every_value_of_a_wrong_type_is_refused_with_its_place(self):
        for path in leaves(EVENTFUL):
            right = at(EVENTFUL, path)
            for value in (None, True, "wrong", "", [], {}, [1], {"value": "1"}, -HUGE):
                if isinstance(right, bool) and isinstance(value, bool):
                    continue
                if isinstance(value, str) and path[-1] in ("title", "name", "on") and (value or path[-1] == "on"):
                    continue  # a text as good as any, or a name that something else is to have
                if isinstance(value, str) and (path[0] == "added_modules"
                                               or "findings" in path and path[-1] == "quantity" and value):
                    continue  # a text, but the name of nothing there is: see below
                with self.subTest(path=path, value=value):
                    self.refused_scenario(replaced(EVENTFUL, path, value), f": {pointer(path)}")

    def test_every_list_and_object_replaced_by_something_else_is_refused(self):
        paths = [("events",), ("events", 0), ("events", 2, "measurements"), ("events", 2, "measurements", 1),
                 ("events", 2, "findings"), ("events", 2, "findings", 0)]
        for path in paths:
            other = [] if isinstance(at(EVENTFUL, path), dict) else {}
            for value in (None, True, 3, "wrong", other):
                with self.subTest(path=path, value=value):
                    self.refused_scenario(replaced(EVENTFUL, path, value), f": {pointer(path)}: found", "expected")
        for value in (None, True, "wrong", []):
            self.refused_scenario(replaced(EVENTFUL, ("all_arms", 0, "start"), value), ": /all_arms/0/start: found",
                                  "expected")

    def test_what_is_missing_is_named(self):
        for path, keys in ((self.CALL, ("type", "name")),
                           (self.SLOWING, ("type", "name", "quantity", "side", "level")),
                           (self.CHECK_UP, ("type", "name", "measurements")),
                           (self.CHECK_UP + ("measurements", 1), ("quantity",)),
                           (self.CHECK_UP + ("findings", 0), ("name", "quantity", "side", "level")),
                           (("arms", 1, "interventions", 0, "start"), ("on",))):
            for key in keys:
                with self.subTest(path=path, key=key):
                    wrong = copy.deepcopy(EVENTFUL)
                    del at(wrong, path)[key]
                    self.refused_scenario(wrong, f": {pointer(path)}/{key}: is missing")
        self.refused_scenario(self.started(), "/arms/1/interventions/0/start/on: is missing")
        self.refused_scenario(self.started(delay=3), "/arms/1/interventions/0/start/on: is missing")
        self.refused_scenario(replaced(EVENTFUL, self.CHECK_UP + ("measurements",), []),
                              "/events/2/measurements: must not be empty")

    def test_what_is_out_of_range_is_told(self):
        for path, value, words in ((self.CALL + ("start",), -1, "found -1 d, expected 0 to 36525 d"),
                                   (self.CALL + ("start",), "-1 week", "found -1 week, expected 0 to 5217.86 week"),
                                   (self.CALL + ("every",), "101 years", "found 101 years, expected 0 to 100 years"),
                                   (self.SLOWING + ("level",), 1e10, "found 1e+10, expected -1e+09 to 1e+09"),
                                   (self.SLOWING + ("hysteresis",), -0.1, "found -0.1, expected 0 to 1e+09"),
                                   (self.CHECK_UP + ("measurements", 0, "error"), -0.1, "found -0.1, expected 0 to"),
                                   (self.CHECK_UP + ("findings", 0, "delay"), "11 years",
                                    "found 11 years, expected 0 to 10 years")):
            with self.subTest(path=path):
                self.refused_scenario(replaced(EVENTFUL, path, value), f": {pointer(path)}: {words}")
        for start, words in (({"delay": -1}, "delay: found -1 d, expected 0 to 36525 d"),
                             ({"most_times": 0}, "most_times: found 0, expected 1 to 100000"),
                             ({"most_times": 1.5}, "most_times: found 1.5, expected a whole number"),
                             ({"delay": "2 kg"}, 'delay: found the unit "kg", expected a unit of time'),
                             ({"delay": 2, "delay_weeks": 2}, "delay_weeks: is given twice")):
            self.refused_scenario(self.started(on="slow", **start), f": /arms/1/interventions/0/start/{words}")

    def test_an_unknown_quantity_is_refused_with_its_place(self):
        for path in (self.SLOWING, self.CHECK_UP + ("measurements", 0)):
            place = f": {pointer(path)}/quantity: there is no quantity "
            self.refused_scenario(replaced(EVENTFUL, path + ("quantity",), "gait_sped"), place + '"gait_sped"',
                                  'did you mean "gait_speed"?')
            self.refused_scenario(replaced(EVENTFUL, path + ("quantity",), "wisdom"), place + '"wisdom"',
                                  '"healthspan describe MODULE" lists the names')

    def test_an_unknown_event_is_refused_with_the_known_ones(self):
        self.refused_scenario(self.started(on="slwo"), "/arms/1/interventions", 'there is no event "slwo"',
                              'did you mean "slow"?')
        self.refused_scenario(self.started(on="a stroke of luck"), 'there is no event "a stroke of luck"',
                              "admission, call, slowing, check-up, slow")
        self.refused_scenario(replaced(EVENTFUL, ("all_arms", 0, "start", "on"), "admisson"),
                              'there is no event "admisson"', 'did you mean "admission"?')
        self.refused_scenario(eventful(added_modules=[]), 'there is no event "admission"')
        self.refused_scenario(eventful(added_modules=["admision"]), 'did you mean "admission"?')

    def test_a_finding_by_something_not_measured_is_refused(self):
        for quantity in ("activity", "wisdom"):
            self.refused_scenario(replaced(EVENTFUL, self.CHECK_UP + ("findings", 0, "quantity"), quantity),
                                  ": /events/2", f'finds "slow" by "{quantity}", which it does not measure')

    def test_what_repeats_within_a_day_is_refused(self):
        for path, name in ((self.CALL, "call"), (self.CHECK_UP, "check-up")):
            for every in (0.5, 0.999, "0.5 days", {"value": 0.5, "unit": "d"}):
                with self.subTest(name=name, every=every):
                    self.refused_scenario(replaced(EVENTFUL, path + ("every",), every), f": {pointer(path)}/every: found",
                                          "expected at least 1 d, or 0 for once")
            for every in (0, 1, "1 day"):
                self.good("check", self.write(replaced(EVENTFUL, path + ("every",), every)))

    # What only the whole system can tell is told of the event or of the arm; these are the places that were typed.
    def test_an_unknown_event_is_refused_with_its_place(self):
        self.refused_scenario(self.started(on="slwo"), ": /arms/1/interventions/0/start/on: ")

    def test_an_unknown_event_of_all_arms_is_not_looked_for_in_the_first(self):
        self.refused_scenario(replaced(EVENTFUL, ("all_arms", 0, "start", "on"), "admisson"),
                              ": /all_arms/0/start/on: ")

    def test_an_interval_is_refused_with_its_place(self):
        self.refused_scenario(replaced(EVENTFUL, self.CALL + ("every",), 0.5),
                              ": /events/0/every: found 0.5 d, expected")

    def test_a_finding_is_refused_with_its_place(self):
        self.refused_scenario(replaced(EVENTFUL, self.CHECK_UP + ("findings", 0, "quantity"), "activity"),
                              ": /events/2/findings/0/quantity: ")

    def test_an_added_module_is_refused_with_its_place(self):
        self.refused_scenario(eventful(added_modules=["admision"]), ": /added_modules")

    @unittest.expectedFailure  # an intervention that starts at or after the horizon is refused, an event is not
    def test_an_event_cannot_first_happen_after_the_horizon(self):
        self.refused_scenario(replaced(EVENTFUL, self.CALL + ("start",), "30 years"), ": /events/0/start: ",
                              "horizon")

    def test_nothing_starts_on_a_death(self):
        self.refused_scenario(self.started(on="death"), "/arms/1/interventions/0/start/on: ")

    def test_run_and_why_refuse_what_check_refuses_and_leave_no_folder(self):
        for wrong in (self.started(on="slwo"), replaced(EVENTFUL, self.SLOWING + ("quantity",), "wisdom"),
                      replaced(EVENTFUL, self.CALL + ("every",), 0.5)):
            self.refused_scenario(wrong, command="run")
            self.refused(["why", "scenario.json", "--member", "0"], 2, "healthspan: scenario.json: /")


class Mutations(ProgramTest):
    def mutated(self, text, chance):
        """A few bytes replaced, removed, doubled or moved."""
        data = bytearray(text)
        for _ in range(chance.randint(1, 4)):
            here, length = chance.randrange(len(data)), chance.randint(1, 12)
            kind = chance.randrange(5)
            if kind == 0:
                data[here] = chance.randrange(256)
            elif kind == 1:
                data[here:here + length] = b""
            elif kind == 2:
                data[here:here] = data[here:here + length]
            elif kind == 3:
                data[here:here] = chance.choice([b"9", b"-", b"e9", b"null", b"[", b"}", b",", b'"', b".0", b"\\u0000"])
            else:
                there = chance.randrange(len(data))
                data[here], data[there] = data[there], data[here]
        return bytes(data)

    def test_no_mutation_of_an_example_brings_the_program_down(self):
        chance = random.Random(20260401)
        texts = EXAMPLES[0].read_bytes(), json.dumps(EVENTFUL).encode()
        for number in range(300):
            mutation = self.mutated(texts[number % 2], chance)
            done = self.run_program("check", self.write(mutation), seconds=20)
            with self.subTest(number=number, message=done.stderr):
                self.assertIn(done.returncode, (0, 2, 4), mutation)


if __name__ == "__main__":
    unittest.main()
