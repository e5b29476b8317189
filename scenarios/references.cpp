#include "literature.inc"

#include <healthspan/scenarios/references.hpp>

namespace healthspan::scenarios {

const std::vector<Reference>& references() {
  static const std::vector<Reference> list(all_references.begin(), all_references.end());
  return list;
}

}  // namespace healthspan::scenarios
