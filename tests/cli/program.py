"""What the tests of the command line share: running the program, small scenarios, and what a message must look like."""
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.json"))

# Two arms, a stay and a programme: every kind of object the language has, small enough to run in a blink.
SCENARIO = {
    "title": "A small scenario",
    "question": "Does it run?",
    "patient": {"age": 80, "sex": "male", "country": "japan", "height_cm": 163, "weight_kg": 62.2,
                "fat_mass_kg": 15, "deficit_burden": 0.19, "physical_activity_level": 1.45, "start": "active"},
    "parameters": {"relative_strength": {"value": 1.0, "log_sd": 0.05}, "relative_fitness": 0.82},
    "outputs": ["activity", "strength", "body_weight"],
    "horizon": "2 years",
    "members": 16,
    "seed": 7,
    "all_arms": [{"type": "hospital_stay", "start": "6 months", "duration": "10 days", "mobilised": False}],
    "arms": [
        {"name": "nothing", "interventions": []},
        {"name": "treatment", "interventions": [
            {"type": "resistance_exercise", "start": "discharge", "duration": "24 weeks", "dose": 1, "adherence": 0.7},
            {"type": "aerobic_exercise", "start": 250, "dose": 0.5},
            {"type": "diet", "start_weeks": 30, "energy_kcal_per_d": 250, "protein_g_per_d": 25}]},
    ],
}


def scenario(**changes):
    """The small scenario with some of its members replaced."""
    result = copy.deepcopy(SCENARIO)
    result.update(changes)
    return result


def leaves(value, path=()):
    """The path of every value in a document that is not itself a list or an object."""
    if isinstance(value, dict):
        for key in value:
            yield from leaves(value[key], path + (key,))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from leaves(element, path + (index,))
    else:
        yield path


def objects(value, path=()):
    """The path of every object in a document."""
    if isinstance(value, dict):
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, element in pairs:
        yield from objects(element, path + (key,))


def at(document, path):
    for key in path:
        document = document[key]
    return document


def replaced(document, path, value):
    """A copy of the document with another value at the path."""
    result = copy.deepcopy(document)
    at(result, path[:-1])[path[-1]] = value
    return result


def pointer(path):
    return "".join(f"/{key}" for key in path)


def find_program():
    program = os.environ.get("HEALTHSPAN")
    if not program:
        sys.exit("Set HEALTHSPAN to the path of the program.")
    return str(Path(program).resolve())


class ProgramTest(unittest.TestCase):
    """Each test has a folder of its own, which is also the program's working folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="healthspan-cli-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def run_program(self, *arguments, seconds=60, **options):
        return subprocess.run([find_program(), *map(str, arguments)], cwd=self.folder, timeout=seconds,
                              stdin=subprocess.DEVNULL, stdout=options.pop("stdout", subprocess.PIPE),
                              stderr=subprocess.PIPE, encoding="utf-8", **options)

    def write(self, document, name="scenario.json"):
        """Writes a document as JSON, or text and bytes as they are; returns the name."""
        if isinstance(document, bytes):
            (self.folder / name).write_bytes(document)
        else:
            text = document if isinstance(document, str) else json.dumps(document)
            (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def listing(self):
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def good(self, *arguments, **options):
        done = self.run_program(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def refused(self, arguments, status, *words):
        """The program refuses: this exit status, one line on stderr that holds the words, and nothing left behind."""
        before = self.listing()
        done = self.run_program(*arguments)
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertRegex(done.stderr, re.compile(r"\Ahealthspan: [^\n]+\n\Z"))
        for word in words:
            self.assertIn(word, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertEqual(self.listing(), before)
        return done.stderr

    def refused_scenario(self, document, *words, command="check", status=2):
        """The same for a scenario; the message names its file first."""
        name = self.write(document)
        return self.refused([command, name], status, f"healthspan: {name}: ", *words)


def read_json(file):
    return json.loads(Path(file).read_text(encoding="utf-8"))
