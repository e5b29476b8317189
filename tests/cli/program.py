"""What the tests of the command line share: running the program, small scenarios, and what a message must look like."""
import copy
import csv
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
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

# Every kind of event, and lives old enough to end. Visits fall two weeks before every sixth month, so that what they
# find is not known yet there; the same holds for what a call starts. The stay at day 360 spans the twelfth month.
EVENTFUL = {
    "title": "What may happen",
    "patient": {"age": 84, "sex": "male", "country": "japan", "height_cm": 163, "weight_kg": 60,
                "deficit_burden": 0.25},
    "added_modules": ["admission"],
    "outputs": ["activity", "strength", "gait_speed"],
    "events": [
        {"type": "scheduled", "name": "call", "start": 178, "every": "8 months"},
        {"type": "trigger", "name": "slowing", "quantity": "gait_speed", "side": "below", "level": 0.9,
         "hysteresis": 0.03},
        {"type": "visit", "name": "check-up", "start": 170, "every": "6 months",
         "measurements": [{"quantity": "gait_speed", "error": 0.05},
                          {"quantity": "strength", "error": 0.1, "relative": True}],
         "findings": [{"name": "slow", "quantity": "gait_speed", "side": "below", "level": 0.85,
                       "delay": "14 days"}]}],
    "horizon": "2 years",
    "members": 24,
    "seed": 5,
    "all_arms": [{"type": "hospital_stay", "start": {"on": "admission"}, "duration": "10 days"},
                 {"type": "hospital_stay", "start": 360, "duration": "10 days"}],
    "arms": [
        {"name": "nothing"},
        {"name": "treatment", "interventions": [
            {"type": "resistance_exercise", "start": {"on": "slow", "most_times": 2}, "duration": "12 weeks"},
            {"type": "diet", "start": {"on": "call", "delay": "20 days"}, "duration": "8 weeks",
             "protein_g_per_d": 20}]}],
}


def changed(document, **changes):
    """A copy of a scenario with some of its members replaced."""
    result = copy.deepcopy(document)
    result.update(changes)
    return result


def scenario(**changes):
    """The small scenario with some of its members replaced."""
    return changed(SCENARIO, **changes)


def eventful(**changes):
    """The same of the eventful one."""
    return changed(EVENTFUL, **changes)


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
        return subprocess.run([find_program(), *map(str, arguments)], timeout=seconds,
                              cwd=options.pop("cwd", self.folder),
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


def rows(file):
    with open(file, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def sealed(content):
    """The content of such a file with the checksum that belongs to it (FNV-1a)."""
    checksum = 0xcbf29ce484222325
    for byte in content:
        checksum = (checksum ^ byte) * 0x100000001b3 % 2 ** 64
    return content + struct.pack("<Q", checksum)


def opened(file):
    """First line, header and words of a file of a part or of a snapshot."""
    content = file.read_bytes()
    line, rest = content[:content.index(b"\n") + 1], content[content.index(b"\n") + 1:]
    size, = struct.unpack_from("<Q", rest)
    count, = struct.unpack_from("<Q", rest, 8 + size)
    return line, json.loads(rest[8:8 + size]), list(struct.unpack_from(f"<{count}Q", rest, 16 + size))


def closed(line, header, words):
    text = json.dumps(header).encode()
    return sealed(line + struct.pack("<Q", len(text)) + text + struct.pack(f"<Q{len(words)}Q", len(words), *words))


def catches_interrupt(process):
    """Whether the process has its own way with SIGINT by now (the mask of caught signals that Linux shows)."""
    status = f"/proc/{process}/status"
    if not os.path.exists(status):
        time.sleep(1)
        return True
    with open(status, encoding="ascii") as stream:
        caught = next(line.split()[1] for line in stream if line.startswith("SigCgt:"))
    return bool(int(caught, 16) >> (signal.SIGINT - 1) & 1)


class RunTest(ProgramTest):
    """What tests of run share: "scenario.json" is in the folder, and results are compared file by file."""

    def setUp(self):
        super().setUp()
        self.write(scenario())

    def results(self, *options, source="scenario.json", folder="results"):
        self.good("run", source, "-o", folder, "--quiet", *options)
        return self.folder / folder

    def results_of(self, document, folder, *options):
        return self.results(*options, source=self.write(document, f"{folder}.json"), folder=folder)

    def settled(self, document, name="scenario.json"):
        """The document with the findings of its pilot, which need not be made again; it is written down, too."""
        self.good("run", self.write(document, name), "-o", "pilot", "--quiet", "--member", "0")
        numerics = read_json(self.folder / "pilot" / "scenario.json")["numerics"]
        shutil.rmtree(self.folder / "pilot")
        result = changed(document, numerics=numerics)
        self.write(result, name)
        return result

    def same(self, one, other, but=("timing.json",), left_out=()):
        """The same files in both folders, byte by byte; those `left_out` need not be in both."""
        names, others = (sorted(path.name for path in folder.iterdir() if path.name not in left_out)
                         for folder in (one, other))
        self.assertEqual(names, others)
        for name in names:
            if name not in but:  # not assertEqual, which takes minutes to show how two reports differ
                self.assertTrue((one / name).read_bytes() == (other / name).read_bytes(), f"{name} of {one}, {other}")

    def long_run(self, *options, source="scenario.json", members="1000000000"):
        """Starts a run that takes hours and waits until it listens to Ctrl-C."""
        program = subprocess.Popen([find_program(), "run", source, "--members", members, *options],
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        self.addCleanup(program.kill)
        while program.poll() is None and not catches_interrupt(program.pid):
            time.sleep(0.01)
        return program

    def interrupted(self, after, *options, **more):
        """Interrupts such a run after some seconds, returns how long it took to end."""
        program = self.long_run(*options, **more)
        time.sleep(after)
        begin = time.monotonic()
        program.send_signal(signal.SIGINT)
        out, messages = program.communicate(timeout=30)
        self.assertEqual((program.returncode, out), (130, ""), messages)
        self.assertRegex(messages, r"\A(\d+ %\n)*healthspan: the run was interrupted\n\Z")
        return time.monotonic() - begin
