// How much of an outcome's variance each layer of uncertainty makes, without nested loops: pick-freeze estimators.
// A. Saltelli et al., Comput Phys Commun 181:259 (2010), DOI 10.1016/j.cpc.2009.09.018, table 2, rows (b) and (f);
// the latter is M. J. W. Jansen, Comput Phys Commun 117:35 (1999), DOI 10.1016/S0010-4655(98)00154-4.
#pragma once

#include <cstddef>
#include <vector>

namespace healthspan {

// Shares of the variance, each with its standard error.
struct LayerShare {
  double alone = 0, alone_error = 0;  // that goes if only this layer were known
  double total = 0, total_error = 0;  // that stays if only this layer were not; interactions count for every layer
};

// `first` and `second` are the outcome in two independent samples of all layers; `exchanged[l]` is that of the first
// sample with layer l taken from the second. All have one entry per sample. NaN where the outcome does not vary.
std::vector<LayerShare> layer_shares(const std::vector<double>& first, const std::vector<double>& second,
                                     const std::vector<std::vector<double>>& exchanged);

}  // namespace healthspan
