// Bands and outcomes as one NetCDF file, for programs that want labelled dimensions and units.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <filesystem>

namespace healthspan::scenarios {

inline constexpr const char* netcdf_name = "results.nc";

// Whether the program was built with NetCDF.
bool has_netcdf();

// Classic NetCDF with 64-bit offsets, so that the same results are the same bytes. Dimensions: arm, time (years),
// quantile, state. Every watched quantity is QUANTITY, QUANTITY_error and QUANTITY_quantiles, of the living; every
// outcome is outcome_NAME and its difference from the first arm contrast_NAME, each with its _error. What does not
// exist is NaN. Throws Error(usage) where there is no NetCDF, Error(cannot_write).
void write_netcdf(const RunResult& result, const System& system, const std::filesystem::path& file);

}  // namespace healthspan::scenarios
