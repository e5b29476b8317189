// The literature that module tables cite, from docs/references.bib.
#pragma once

#include <string_view>
#include <vector>

namespace healthspan::scenarios {

struct Reference {
  std::string_view key, text, doi, bibtex;  // doi may be empty
};

const std::vector<Reference>& references();

}  // namespace healthspan::scenarios
