"""Errors have the classes of the one list and the messages of the command line; Ctrl-C stops a run."""
import json
import signal
import subprocess
import sys
import threading
import time
import unittest

from package import MAN, ProgramTest, changed, hs, scenario

LIST = hs.errors._engine.errors


class Errors(ProgramTest):
    def message_of_program(self, name):
        done = self.run_program("run", name)
        return done.returncode, done.stderr.removeprefix("healthspan: ").rstrip("\n")

    def test_each_entry_of_the_list_has_a_class_of_its_own(self):
        self.assertEqual(len({hs.errors.by_code[code] for code, _, _ in LIST}), len(LIST))
        for code, sentence, exit_status in LIST:
            kind = hs.errors.by_code[code]
            self.assertTrue(issubclass(kind, hs.HealthspanError))
            self.assertEqual((kind.__doc__, kind.code, kind.exit_status), (sentence, code, exit_status))
            self.assertIs(getattr(hs.errors, kind.__name__), kind)

    def test_the_message_and_the_exit_status_are_those_of_the_program(self):
        wrong = {
            "unknown_name": scenario(horizn=1),
            "missing_value": {key: value for key, value in scenario().items() if key != "horizon"},
            "wrong_type": scenario(members="many"),
            "wrong_unit": scenario(horizon="2 kg"),
            "out_of_range": scenario(members=0),
            "syntax": b'{"title": ',
            "composition": scenario(outputs=["gait_spede"]),
        }
        for code, document in wrong.items():
            name = self.write(document)
            path = self.folder / name
            with self.assertRaises(hs.HealthspanError) as caught:
                hs.run(path)
            status, message = self.message_of_program(name)
            self.assertEqual(str(caught.exception), message.replace(name, str(path), 1))
            self.assertEqual(caught.exception.exit_status, status)
            if code != "composition":  # the composition says unknown_name of an unknown output
                self.assertEqual(caught.exception.code, code)

    def test_a_file_that_is_not_there_is_named(self):
        with self.assertRaisesRegex(hs.errors.CannotReadError, "nowhere.json: cannot be read: there is no such file"):
            hs.run("nowhere.json")

    def test_a_patient_is_checked_at_once_with_a_hint(self):
        with self.assertRaisesRegex(hs.errors.UnknownNameError, 'did you mean "weight"'):
            hs.Patient(**MAN, wieght=3)
        with self.assertRaisesRegex(hs.errors.OutOfRangeError, "Patient: /patient/age"):
            hs.Patient(**{**MAN, "age": 8})
        with self.assertRaisesRegex(hs.errors.MissingValueError, "deficit_burden"):
            hs.Patient(age=80, sex="male", height_cm=163, weight_kg=62.2)

    def test_a_slip_in_compare_points_into_the_scenario(self):
        with self.assertRaisesRegex(hs.HealthspanError, "scenario: /arms/1/interventions/0/dos"):
            hs.compare(MAN, years=2, arms={"nothing": [], "x": [{"type": "resistance_exercise", "dos": 1}]})

    def test_what_is_no_json_is_a_type_error(self):
        with self.assertRaises(TypeError):
            hs.run(scenario(title=object()))
        with self.assertRaises(TypeError):
            hs.run(3)

    def test_numbers_that_are_none_are_refused_not_run(self):
        for value in (float("nan"), float("inf")):
            with self.assertRaises(hs.HealthspanError):
                hs.run(scenario(horizon_years=value))

    def test_arguments_out_of_range_are_named(self):
        for arguments in ({"members": 0}, {"seed": -1}, {"threads": -1}):
            with self.assertRaisesRegex(hs.errors.OutOfRangeError, f"^{next(iter(arguments))}: found "):
                hs.run(scenario(), **arguments)

    def test_an_unknown_quantity_or_arm_is_refused_with_a_hint(self):
        study = hs.run(scenario())
        with self.assertRaisesRegex(hs.errors.UnknownNameError, 'did you mean "strength"'):
            study.plot("strenght")
        with self.assertRaisesRegex(hs.errors.UnknownNameError, 'did you mean "treatment"'):
            study.plot("strength", arms=["treatmnt"])

    def test_an_existing_folder_is_not_overwritten(self):
        study = hs.run(scenario())
        study.save(self.folder / "results")
        with self.assertRaises(hs.errors.CannotWriteError):
            study.save(self.folder / "results")


LONG = """
import json, sys
import healthspan as hs
print("ready", flush=True)
try:
    hs.run(json.load(sys.stdin), members=10**9, progress=lambda done, total: print("working", flush=True))
except KeyboardInterrupt:
    print("interrupted")
"""


class Interrupts(ProgramTest):
    def test_ctrl_c_raises_keyboard_interrupt_within_a_moment(self):
        process = subprocess.Popen([sys.executable, "-c", LONG], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   encoding="utf-8")
        self.addCleanup(process.kill)
        process.stdin.write(json.dumps(scenario()))
        process.stdin.close()
        while process.stdout.readline() != "working\n":
            self.assertIsNone(process.poll())
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        said = process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(30), 0)
        self.assertTrue(said.endswith("interrupted\n"), said)
        self.assertLess(time.monotonic() - begin, 5)  # a block of work takes milliseconds; the machine may be busy

    def test_an_exception_of_the_progress_function_stops_the_run(self):
        def enough(done, total):
            raise ValueError("enough")

        begin = time.monotonic()
        with self.assertRaisesRegex(ValueError, "enough"):
            hs.run(scenario(), members=10**9, progress=enough)
        self.assertLess(time.monotonic() - begin, 30)

    def test_other_threads_of_python_go_on_during_a_run(self):
        turns, over = [], threading.Event()

        def count():
            while not over.is_set():
                turns.append(1)
                time.sleep(0.001)

        other = threading.Thread(target=count)
        other.start()
        hs.run(changed(scenario(), members=5000))
        over.set()
        other.join()
        self.assertGreater(len(turns), 10)  # a run of a quarter of a second and more; none if it held the lock


if __name__ == "__main__":
    unittest.main()
