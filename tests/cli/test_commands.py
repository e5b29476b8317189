#!/usr/bin/env python3
"""The commands beside run, wrong use of them, and output folders that cannot be had."""
import json
import os
import unittest

from program import EXAMPLES, SCENARIO, ProgramTest, scenario


class Commands(ProgramTest):
    def test_check_accepts_every_example_and_the_small_scenario(self):
        for example in EXAMPLES:
            done = self.good("check", example)
            self.assertIn(": ok", done.stdout)
            self.assertEqual(done.stderr, "")
        done = self.good("check", self.write(SCENARIO))
        for words in ("2 arms", "16 lives", "2 years", "treatment", "Hospital stay of 10 days"):
            self.assertIn(words, done.stdout)

    def test_check_writes_nothing(self):
        name = self.write(SCENARIO)
        self.good("check", name)
        self.assertEqual(self.listing(), [name])

    def test_version_and_help_succeed(self):
        self.assertRegex(self.good("version").stdout, r"\Ahealthspan \d+\.\d+\.\d+\n\Z")
        general = self.good("--help").stdout
        for word in ("run", "merge", "why", "check", "describe", "schema", "version", "not a medical device"):
            self.assertIn(word, general)
        for command, options in {
                "run": ("--output", "--members", "--member", "--seed", "--threads", "--quiet", "--force", "--events",
                        "--estimate", "--until", "--from", "--new-chance", "--target-error", "--deadline"),
                "merge": ("--output", "--quiet", "--force"), "why": ("--member", "--seed", "--width")}.items():
            text = self.good(command, "--help").stdout
            for option in options:
                self.assertIn(option, text)

    def test_describe_lists_the_modules(self):
        lines = self.good("describe").stdout.splitlines()
        self.assertGreater(len(lines), 10)
        self.assertTrue(any(line.startswith("muscle ") for line in lines))

    def test_describe_shows_a_module_and_a_quantity(self):
        module = self.good("describe", "muscle").stdout
        for word in ("muscle: ", "parameter", "input", "output", "relative_strength"):
            self.assertIn(word, module)
        self.assertIn("mobility: gait_speed", self.good("describe", "gait_speed").stdout)

    def test_every_parameter_has_a_value_a_source_and_a_unit(self):
        modules = json.loads(self.good("describe", "--json").stdout)
        names = [module["name"] for module in modules]
        self.assertEqual(len(names), len(set(names)))
        for module in modules:
            self.assertTrue(module["summary"])
            for row in module["rows"]:
                with self.subTest(module=module["name"], row=row["name"]):
                    self.assertTrue(row["meaning"] and row["unit"])
                    if row["kind"] == "parameter":
                        self.has_source(row)

    def has_source(self, row):
        self.assertIn(row["source"]["status"], ("cited", "calibrated", "assumed"))
        self.assertTrue(row["source"]["key"] or row["source"]["note"])
        if row["source"]["status"] == "cited":
            self.assertTrue(row["source"]["key"])
        values = row["value"].values() if isinstance(row["value"], dict) else [row["value"]]
        for value in values:
            self.assertIsInstance(value, (int, float))
        self.assertGreaterEqual(row["log_sd"], 0)

    def test_describe_of_one_module_as_json_holds_that_module(self):
        modules = json.loads(self.good("describe", "muscle", "--json").stdout)
        self.assertEqual([module["name"] for module in modules], ["muscle"])

    def test_describe_of_an_unknown_name_gives_a_hint(self):
        self.refused(["describe", "muscel"], 2, 'did you mean "muscle"?')
        self.refused(["describe", "strenght"], 2, 'did you mean "strength"?')
        self.refused(["describe", "nothing_like_it_at_all"], 2, '"healthspan describe" lists the modules')
        self.refused(["describe", "strength", "--json"], 2, "--json", "strength")

    @unittest.skipUnless(os.path.exists("/dev/full"), "needs /dev/full")
    def test_a_full_disk_below_stdout_is_an_error(self):
        with open("/dev/full", "w") as full:
            for command in (["schema"], ["version"], ["describe", "--json"]):
                done = self.run_program(*command, stdout=full)
                self.assertEqual(done.returncode, 4)
                self.assertRegex(done.stderr, r"\Ahealthspan: cannot write: [^\n]+\n\Z")


class WrongUse(ProgramTest):
    def test_a_command_is_required(self):
        self.refused([], 2, "healthspan --help")

    def test_an_unknown_command_is_named_with_its_neighbour(self):
        self.refused(["rum", "x.json"], 2, 'unknown command "rum"', 'did you mean "run"?')
        self.refused(["simulate"], 2, 'unknown command "simulate"', "check", "describe")

    def test_an_unknown_option_is_named(self):
        self.refused(["run", self.write(SCENARIO), "--patients", "9"], 2, "--patients")
        self.refused(["--verbose"], 2, "healthspan --help")

    def test_a_scenario_is_required(self):
        for command in (["run"], ["check"], ["why", "--member", "1"]):
            self.refused(command, 2, "SCENARIO is missing")

    def test_parts_are_required(self):
        self.refused(["merge", "-o", "out"], 2)
        self.refused(["merge", "part"], 2, "--output")

    def test_parts_are_required_in_a_sentence(self):
        self.refused(["merge", "-o", "out"], 2, "PART is missing")

    def test_options_exclude_each_other(self):
        name = self.write(SCENARIO)
        for options, words in ((("--member", "1", "--members", "0:2"), "exclude each other"),
                               (("--new-chance",), "--from"),
                               (("--deadline", "1s", "--member", "1"), "choose the members"),
                               (("--target-error", "alive=1", "--until", "1 year"), "choose the members")):
            with self.subTest(options=options):
                self.refused(["run", name, *options], 2, words)

    def test_an_option_needs_its_value(self):
        name = self.write(SCENARIO)
        for option in ("--until", "--from", "--target-error", "--deadline", "-o"):
            with self.subTest(option=option):
                self.refused(["run", name, option], 2, option)
                self.refused(["run", name, option, ""], 2, option, "the value is empty")

    def test_what_is_no_number_is_told_like_any_other_value(self):
        name = self.write(SCENARIO)
        for option in ("--member", "--seed", "--threads"):
            self.refused(["run", name, option, "x"], 2, f'{option}: found "x", expected a whole number')

    def test_options_out_of_range_are_refused(self):
        name = self.write(SCENARIO)
        for option, value in [("--members", "0"), ("--members", "-3"), ("--members", "1000000001"), ("--seed", "-1"),
                              ("--seed", str(2 ** 53)), ("--member", "-1"), ("--threads", "-1"), ("--threads", "5000")]:
            with self.subTest(option=option, value=value):
                self.refused(["run", name, option, value], 2, option, value, " to ")

    def test_options_that_are_no_numbers_are_refused(self):
        name = self.write(SCENARIO)
        for option in ("--members", "--seed", "--member", "--threads"):
            for value in ("many", "1.5", "99999999999999999999999", ""):
                with self.subTest(option=option, value=value):
                    self.refused(["run", name, option, value], 2, option)
            self.refused(["run", name, option], 2, option)
            self.refused(["run", name, option + "="], 2, option)
        self.refused(["run", name, "-o", ""], 2, "-o")

    def test_two_scenarios_at_once_are_refused(self):
        name = self.write(SCENARIO)
        self.refused(["run", name, name], 2, name)


class OutputFolders(ProgramTest):
    def setUp(self):
        super().setUp()
        self.name = self.write(scenario(members=8, horizon="1 year"))

    def test_a_folder_below_a_file_cannot_be_made(self):
        self.refused(["run", self.name, "-o", f"{self.name}/results"], 4,
                     self.name, "not a folder that can be written to")

    def test_a_folder_in_a_missing_folder_cannot_be_made(self):
        self.refused(["run", self.name, "-o", "missing/results"], 4, "missing", "not a folder that can be written to")

    def test_a_name_too_long_for_the_system_is_refused(self):
        self.refused(["run", self.name, "-o", 300 * "a"], 4, "cannot be written")
        self.refused(["run", self.name, "-o", 250 * "a"], 4, "cannot be written")

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_read_only_place_is_refused(self):
        (self.folder / "locked").mkdir(mode=0o500)
        self.refused(["run", self.name, "-o", "locked/results"], 4, "locked", "not a folder that can be written to")

    def test_an_existing_folder_is_kept_without_force(self):
        (self.folder / "results").mkdir()
        self.refused(["run", self.name, "-o", "results"], 4, "results: exists already", "--force")
        self.refused(["run", self.name, "-o", self.name], 4, f"{self.name}: exists already")

    def test_force_replaces_only_the_folder_of_an_earlier_run(self):
        (self.folder / "thesis").mkdir()
        (self.folder / "thesis" / "chapter.txt").write_text("years of work")
        for place in ("thesis", "thesis/", self.name, "."):
            self.refused(["run", self.name, "-o", place, "--force"], 4, "not the folder of an earlier run")
        self.assertEqual((self.folder / "thesis" / "chapter.txt").read_text(), "years of work")

    def test_force_keeps_a_folder_in_which_an_earlier_run_is_not_alone(self):
        (self.folder / "thesis").mkdir()
        (self.folder / "thesis" / "run.json").write_text('{"my": "own file"}')
        (self.folder / "thesis" / "chapter.txt").write_text("years of work")
        self.refused(["run", self.name, "-o", "thesis", "--force"], 4, "thesis: holds \"chapter.txt\"", "not replaced")

    def test_a_wrong_folder_is_found_before_the_run(self):
        long_run = self.write(scenario(members=1000000000), "long.json")
        self.refused(["run", long_run, "-o", "missing/results"], 4, "missing")
        self.refused(["merge", "nowhere", "-o", "missing/results"], 4, "missing",
                     "not a folder that can be written to")

    def test_the_columns_of_the_table_stand_below_their_names(self):
        done = self.good("run", self.name, "-o", "results").stdout.splitlines()
        head = next(line for line in done if "nothing" in line)
        living = next(line for line in done if line.startswith("Alive at the end"))
        self.assertRegex(living[head.index("treatment"):], r"^\d")

    def test_the_columns_of_the_table_stand_below_long_names_too(self):
        arms = [{"name": "exercise when found slow"}, {"name": "treatment"}]
        self.write(scenario(members=8, arms=arms), self.name)
        done = self.good("run", self.name, "-o", "results").stdout.splitlines()
        head = next(line for line in done if "treatment" in line)
        living = next(line for line in done if line.startswith("Alive at the end"))
        self.assertRegex(living[head.index("treatment") - 1:], r"^ \d")


if __name__ == "__main__":
    unittest.main()
