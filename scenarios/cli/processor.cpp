// Where the program begins: asks for the instructions that the rest is compiled for, before any of them can run. This
// file is compiled without them and includes nothing of the engine.
#include <cstdio>

int healthspan_main(int argc, char** argv);

int main(int argc, char** argv) {
#ifdef HEALTHSPAN_NEEDS_AVX2
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    std::fputs(
        "healthspan: this build needs a processor with AVX2 and FMA (x86-64-v3); rebuild with "
        "-DHEALTHSPAN_SIMD=OFF, which gives the same results more slowly\n",
        stderr);
    return 70;
  }
#endif
  return healthspan_main(argc, argv);
}
