// Compiled without the instructions it asks for, and without the engine's headers, so that it runs anywhere.
#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/commands.hpp>

namespace healthspan::scenarios {

void require_processor() {
#ifdef HEALTHSPAN_NEEDS_AVX2
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma"))
    throw Error(
        ErrorCode::internal,
        "this build needs a processor with AVX2 and FMA (x86-64-v3); rebuild with -DHEALTHSPAN_SIMD=OFF, which "
        "gives the same results more slowly");
#endif
}

}  // namespace healthspan::scenarios
