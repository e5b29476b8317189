// Shapes that several organs share.
#pragma once

#include <healthspan/core/elementary.hpp>

namespace healthspan::models {

// Saturating effect of habitual activity: `rest` at bed rest, 1 at 5,000 steps/d, at most rest + (1-rest)(1+K).
template <class R>
R activity_effect(const R& A, const R& rest, const R& K) {
  return rest + (1.0 - rest) * (1.0 + K) * A / (A + K);
}

}  // namespace healthspan::models
