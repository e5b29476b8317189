#!/usr/bin/env python3
"""run --format netcdf: the tables as one file with labelled dimensions and units."""
import sys
import unittest

from program import RunTest, rows, scenario

try:
    import netCDF4  # noqa: F401, pylint: disable=unused-import
    import xarray
except ImportError:
    print("python3-netcdf4 or python3-xarray is not installed: skipped")
    sys.exit(77)


class NetCdf(RunTest):
    def setUp(self):
        super().setUp()
        if "without NetCDF" in self.run_program("run", "scenario.json", "-o", "trial", "--format", "netcdf").stderr:
            self.skipTest("the program was built without NetCDF")

    def opened(self, *options):
        folder = self.results("--format", "netcdf", *options)
        with xarray.open_dataset(folder / "results.nc") as data:
            return folder, data.load()

    def test_dimensions_have_labels_and_variables_units(self):
        _, data = self.opened()
        self.assertEqual(list(data["arm"].values.astype(str)), ["nothing", "treatment"])
        self.assertEqual(list(data["state"].values.astype(str)), ["robust", "prefrail", "frail", "dead"])
        self.assertEqual(list(data["quantile"].values), [0.05, 0.25, 0.5, 0.75, 0.95])
        self.assertEqual(float(data["time"][-1]), 2.0)
        self.assertEqual(data["time"].attrs["units"], "years")
        self.assertEqual(data["body_weight"].dims, ("arm", "time"))
        self.assertEqual(data["body_weight"].attrs["units"], "kg")
        self.assertEqual(data["outcome_life_years"].attrs["units"], "y")
        self.assertIn("not a medical device", data.attrs["comment"])
        self.assertEqual(data.attrs["title"], "A small scenario")

    def test_the_values_are_those_of_the_tables(self):
        folder, data = self.opened()
        by_arm = data.sel(arm="treatment") if data["arm"].dtype.kind in "UO" else data.isel(arm=1)
        for row in rows(folder / "bands.csv"):
            if row["arm"] != "treatment":
                continue
            at = by_arm.sel(time=float(row["time_years"]), method="nearest")
            if row["unit"] == "share of all":
                found = {str(state): float(share) for state, share in
                         zip(at["state"].values.astype(str), at["share"].values)}[row["quantity"]]
            else:
                found = float(at[row["quantity"]])
                self.assertAlmostEqual(float(at[row["quantity"] + "_quantiles"].sel(quantile=0.5)), float(row["median"]),
                                       delta=1e-8 * abs(found))
            self.assertAlmostEqual(found, float(row["mean"]), delta=1e-9 * max(1, abs(found)))  # ten digits are in the table
        for row in rows(folder / "outcomes.csv"):
            if row["rule"] != "death ranked worst" and row["arm"] == "treatment" and row["estimate"]:
                found = float(by_arm[row["kind"] + "_" + row["outcome"]])
                self.assertAlmostEqual(found, float(row["estimate"]), delta=1e-9 * max(1, abs(found)))

    def test_the_first_arm_has_no_difference_from_itself(self):
        _, data = self.opened()
        self.assertTrue(bool(data["contrast_life_years"].isnull()[0]))
        self.assertFalse(bool(data["contrast_life_years"].isnull()[1]))

    def test_the_same_run_gives_the_same_bytes(self):
        one = (self.opened("--threads", "1")[0] / "results.nc").read_bytes()
        self.good("run", "scenario.json", "-o", "results", "--force", "--quiet", "--format", "netcdf", "--threads", "3")
        self.assertEqual((self.folder / "results" / "results.nc").read_bytes(), one)

    def test_names_in_any_script_survive(self):
        self.write(scenario(title="Ein Jahr länger? 健康寿命", arms=[{"name": "nichts"}, {"name": "体操"}]))
        _, data = self.opened()
        self.assertEqual([value if isinstance(value, str) else value.decode() for value in data["arm"].values],
                         ["nichts", "体操"])
        self.assertEqual(data.attrs["title"], "Ein Jahr länger? 健康寿命")

    def test_another_format_is_refused(self):
        self.refused(["run", "scenario.json", "--format", "netdcf"], 2, "--format", 'did you mean "netcdf"?')


if __name__ == "__main__":
    unittest.main()
