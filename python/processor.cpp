// Where the import begins: asks for the instructions that the rest is compiled for, before any of them can run. This
// file is compiled without them and includes nothing of the engine.
#include <Python.h>

extern "C" PyObject* PyInit_bound();  // in engine.cpp

PyMODINIT_FUNC PyInit__engine() {  // NOLINT(bugprone-reserved-identifier): the name that Python looks for
#ifdef HEALTHSPAN_NEEDS_AVX2
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    PyErr_SetString(PyExc_ImportError,
                    "this build of healthspan needs a processor with AVX2 and FMA (x86-64-v3); rebuild with "
                    "-DHEALTHSPAN_SIMD=OFF, which gives the same results more slowly");
    return nullptr;
  }
#endif
  return PyInit_bound();
}
