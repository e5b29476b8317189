#!/usr/bin/env python3
"""Values set apart, standard input, errors as JSON, a scenario to start from, citations, completion."""
import json
import re
import shutil
import subprocess
import unittest

from program import ROOT, SCENARIO, RunTest, find_program, read_json, scenario


class Setting(RunTest):
    def test_a_set_value_is_that_of_a_scenario_with_it(self):
        changed = scenario(members=8, seed=9, horizon="1 year")
        changed["patient"]["age"] = 75
        changed["arms"][1]["interventions"][0]["dose"] = 0.5
        changed["parameters"]["relative_strength"]["value"] = 1.1
        changed["title"] = "Another one"
        one = self.results_of(changed, "one")
        other = self.results("--set", "patient.age=75", "--set", "/arms/1/interventions/0/dose=0.5", "--set", "seed=9",
                             "--set", "relative_strength=1.1", "--set", "horizon=1 year", "--set", "members=8",
                             "--set", "title=Another one", folder="other")
        self.same(one, other)

    def test_whole_values_can_be_set_as_json(self):
        text = self.good("check", "scenario.json", "--set", 'arms=[{"name": "alone"}]').stdout
        self.assertIn("1 arms", text)
        self.good("check", "scenario.json", "--set", "/parameters/activity_will/log_sd=0.1")

    def test_errors_name_the_option(self):
        for setting, words in (
                ("patient.agee=75", ("scenario.json with --set patient.agee=75: /patient/agee: unknown key",
                                     'did you mean "age"?')),
                ("patient.age=x", ('with --set patient.age=x: /patient/age: found "x"',)),
                ("patient.age", ("--set: ", "expected PATH=VALUE")),
                ("=3", ("--set: ", "expected PATH=VALUE")),
                ("patient..age=3", ("--set patient..age=3: ", "expected a path")),
                ("/arms/2/name=x", ("--set /arms/2/name=x: /arms: ", "expected a number below 2")),
                ("arms.first.name=x", ("--set arms.first.name=x: /arms: ", "expected a number below 2")),
                ("title.text=x", ("--set title.text=x: ", "single value")),
                ("strengthh=1", ("with --set strengthh=1: /parameters/strengthh: ",)),
                ("patient.age=" + 40 * "[", ("/patient/age: ",))):
            for command in ("check", "run"):
                with self.subTest(setting=setting):
                    self.refused([command, "scenario.json", "--set", setting], 2, *words)

    def test_what_is_wrong_with_the_file_is_not_blamed_on_the_option(self):
        self.write("{", "broken.json")
        message = self.refused(["check", "broken.json", "--set", "patient.age=75"], 2, "broken.json: is not well-formed")
        self.assertNotIn("--set", message)


class StandardInput(RunTest):
    def piped(self, document, *arguments):
        text = document if isinstance(document, str) else json.dumps(document)
        return subprocess.run([find_program(), *arguments], input=text, capture_output=True, encoding="utf-8",
                              cwd=self.folder, timeout=60, check=False)

    def test_a_dash_is_standard_input(self):
        done = self.piped(SCENARIO, "check", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("standard input: ok", done.stdout)

    def test_a_run_from_it_gives_the_same_bytes(self):
        one = self.results(folder="one")
        done = self.piped(SCENARIO, "run", "-", "-o", "other", "--quiet")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.same(one, self.folder / "other")

    def test_without_a_name_the_results_go_to_results(self):
        self.assertEqual(self.piped(SCENARIO, "run", "-", "--quiet").returncode, 0)
        self.assertTrue((self.folder / "results" / "run.json").exists())

    def test_errors_call_it_by_its_name(self):
        done = self.piped(scenario(sead=1), "check", "-")
        self.assertEqual(done.returncode, 2)
        self.assertTrue(done.stderr.startswith("healthspan: standard input: /sead: unknown key"), done.stderr)
        self.assertEqual(self.piped("", "run", "-").returncode, 2)


class ErrorsAsJson(RunTest):
    KEYS = ["code", "name", "message", "file", "pointer", "exit"]

    def error(self, *arguments):
        done = self.run_program(*arguments)
        self.assertEqual(done.stdout, "")
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        error = json.loads(done.stderr)
        self.assertEqual(list(error), self.KEYS)
        self.assertEqual(error["exit"], done.returncode)
        return error

    def test_an_error_is_one_object(self):
        name = self.write(scenario(sead=1), "wrong.json")
        for arguments in (("--json", "check", name), ("check", name, "--json"), ("run", "--json", name)):
            error = self.error(*arguments)
            self.assertEqual((error["name"], error["exit"], error["file"], error["pointer"]),
                             ("unknown_name", 2, "wrong.json", "/sead"))
            self.assertEqual(error["message"], 'wrong.json: /sead: unknown key; did you mean "seed"?')

    def test_every_kind_of_error_is_one(self):
        self.assertEqual(self.error("--json", "check", "nowhere.json")["name"], "cannot_read")
        self.assertEqual(self.error("--json", "check", "nowhere.json")["file"], "nowhere.json")
        self.assertEqual(self.error("--json", "check", self.write("[]", "list.json"))["pointer"], "")
        self.assertEqual(self.error("--json", "check", self.write("{", "cut.json"))["file"], "cut.json")
        for wrong in (("--json",), ("--json", "rum"), ("run", "--json"), ("check", "scenario.json", "--jason", "--json")):
            self.assertEqual(self.error(*wrong)["name"], "usage", wrong)
        self.assertIn('did you mean \\"run\\"?'.replace("\\", ""), self.error("--json", "rum")["message"])
        self.assertEqual(self.error("--json", "describe", "muscel")["pointer"], None)

    def test_bytes_that_are_no_text_do_not_break_it(self):
        self.write(b'{"\xff": 1}', "bytes.json")
        self.assertEqual(self.error("--json", "check", "bytes.json")["name"], "syntax")

    def test_what_succeeds_says_nothing(self):
        done = self.good("--json", "check", "scenario.json")
        self.assertEqual(done.stderr, "")


class Starting(RunTest):
    def test_the_starter_is_good_and_explained(self):
        done = self.good("new", "mine.json")
        self.assertEqual(done.stdout, "mine.json\n")
        starter = read_json(self.folder / "mine.json")
        for key in starter:
            self.assertIn(key, done.stderr)
        self.good("check", "mine.json")
        self.good("run", "mine.json", "--members", "8", "--quiet")
        printed = self.good("new")
        self.assertEqual(json.loads(printed.stdout), starter)

    def test_a_file_is_not_replaced(self):
        self.refused(["new", "scenario.json"], 4, "scenario.json: exists already")
        self.refused(["new", "no/where.json"], 4, "not a folder")

    def test_citations_are_entries_of_the_references(self):
        text = self.good("cite", "scenario.json").stdout
        entries = re.findall(r"^@\w+\{(\w+),$", text, re.M)
        self.assertEqual(entries[0], "healthspan")
        self.assertEqual(len(entries), len(set(entries)))
        self.assertGreater(len(entries), 10)
        references = (ROOT / "docs" / "references.bib").read_text(encoding="utf-8")
        for entry in text.split("\n\n")[1:]:
            self.assertIn(entry.strip(), references)
        used = {row["source"]["key"] for module in json.loads(self.good("describe", "--json").stdout)
                for row in module["rows"] if row["kind"] == "parameter" and row["source"]["key"]}
        self.assertLess(set(entries[1:]), used)  # those of topp_full are not among them

    def test_citations_follow_the_modules(self):
        more = self.write(scenario(added_modules=["admission"]), "more.json")
        self.assertGreaterEqual(len(self.good("cite", more).stdout), len(self.good("cite", "scenario.json").stdout))
        self.refused(["cite", self.write(scenario(added_modules=["x"]), "bad.json")], 2, "bad.json: /")


class Completion(RunTest):
    def complete(self, *words):
        script = self.good("completion", "bash").stdout
        (self.folder / "completion.bash").write_text(script, encoding="utf-8")
        line = " ".join(f"'{word}'" for word in ("healthspan", *words))
        done = subprocess.run(["bash", "-c", f"source completion.bash; COMP_WORDS=({line}); COMP_CWORD={len(words)}; "
                               '_healthspan; printf "%s\\n" "${COMPREPLY[@]}"'], cwd=self.folder, capture_output=True,
                              encoding="utf-8", timeout=30, check=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_bash_completes_commands_options_and_files(self):
        self.assertEqual(self.complete("ru"), ["run"])
        self.assertEqual(set(self.complete("s")), {"schema", "score", "sweep", "sensitivity"})
        self.assertIn("--goal", self.complete("when", "--"))
        self.assertNotIn("--goal", self.complete("run", "--"))
        self.assertEqual(self.complete("run", "scen"), ["scenario.json"])

    def test_every_command_and_option_is_there_for_every_shell(self):
        commands = re.findall(r"^  ([a-z]+) +[A-Z]", self.good("--help").stdout, re.M)
        self.assertGreater(len(commands), 12)
        options = set(re.findall(r"--[a-z-]+", self.good("run", "--help").stdout))
        for shell in ("bash", "zsh", "fish"):
            script = self.good("completion", shell).stdout
            for command in commands:
                self.assertRegex(script, rf"\b{command}\b")
            for option in options:
                self.assertIn(f"-l {option[2:]}" if shell == "fish" else option, script)

    def test_the_scripts_are_well_formed_where_their_shell_is_there(self):
        for shell in ("bash", "zsh", "fish"):
            if shutil.which(shell):
                self.write(self.good("completion", shell).stdout, f"script.{shell}")
                subprocess.run([shell, "-n", f"script.{shell}"], cwd=self.folder, check=True, timeout=30)

    def test_another_shell_is_refused(self):
        self.refused(["completion", "fihs"], 2, 'did you mean "fish"?')


if __name__ == "__main__":
    unittest.main()
