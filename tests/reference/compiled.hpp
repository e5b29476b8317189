// Modules of the library as the library has compiled them: each takes up to a quarter of a minute.
#pragma once

#include <healthspan/models/catalog.hpp>

#include <type_traits>

namespace healthspan::tests {

// The mark of a module that stands in a test, and is compiled there.
struct OfThisTest {};

template <class M>
const ModuleType& compiled() {
  if constexpr (std::is_base_of_v<OfThisTest, M>)
    return module_type<M>();
  else
    return models::module_named(M::name);
}

}  // namespace healthspan::tests
