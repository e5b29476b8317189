#include <healthspan/core/composition.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>

namespace healthspan {
namespace {

// clang-format off
struct Supplier {  // owns one quantity of each kind
  static constexpr auto name = "supplier";
  static constexpr auto summary = "";
  static constexpr auto S = state    <"stock">  ("kg", "");
  static constexpr auto H = hazard   <"event">  ("");
  static constexpr auto P = parameter<"price">  (BySex(3.0, 5.0), "kg", fixed, assumed("toy"), "");
  static constexpr auto C = constant <"start">  ("kg", "");
  static constexpr auto O = output   <"double"> ("kg", "");
  static constexpr auto table = std::tuple{S, H, P, C, O};
  template <class R>
  static void personalise(const Values<Supplier, R>& x, const Start<Supplier, R>& s) {
    s[S] = x[P];
    s[C] = 2.0 * x[P];
  }
  template <class R>
  static void outputs(const Values<Supplier, R>& x, const Outputs<Supplier, R>& y) { y[O] = 2.0 * x[S]; }
};

struct Reader {  // reads all of it, an attribute, and a quantity at rest
  static constexpr auto name = "reader";
  static constexpr auto summary = "";
  static constexpr auto S = input <"stock">     ("kg", "");
  static constexpr auto P = input <"price">     ("kg", "");
  static constexpr auto C = input <"start">     ("kg", "");
  static constexpr auto O = input <"double">    ("kg", "");
  static constexpr auto G = input <"attribute"> ("kg", "");
  static constexpr auto D = input <"rest">      (7.0, "kg", "");
  static constexpr auto T = output<"total">     ("kg", "");
  static constexpr auto table = std::tuple{S, P, C, O, G, D, T};
  template <class R>
  static void outputs(const Values<Reader, R>& x, const Outputs<Reader, R>& y) {
    y[T] = x[S] + 10.0 * x[P] + 100.0 * x[C] + 1000.0 * x[O] + 1e4 * x[G] + 1e5 * x[D];
  }
};

// One output that reads one input, for chains, circles and mismatches.
template <Name Self, Name In, Name Out>
struct Link {
  static constexpr std::string_view self = Self.view();
  static constexpr auto name = self;
  static constexpr auto summary = "";
  static constexpr auto I = input <In> ("1", "");
  static constexpr auto O = output<Out>("1", "");
  static constexpr auto table = std::tuple{I, O};
  template <class R>
  static void outputs(const Values<Link, R>& x, const Outputs<Link, R>& y) { y[O] = 2.0 * x[I] + 1.0; }
};

struct OwnsStock {
  static constexpr auto name = "second";
  static constexpr auto summary = "";
  static constexpr auto S = state<"stock">("kg", "");
  static constexpr auto table = std::tuple{S};
};

struct ReadsGrams {
  static constexpr auto name = "grams";
  static constexpr auto summary = "";
  static constexpr auto S = input<"stock">("g", "");
  static constexpr auto table = std::tuple{S};
};

struct ReadsAttribute {
  static constexpr auto name = "attribute_reader";
  static constexpr auto summary = "";
  static constexpr auto S = input<"attribute">("m", "");
  static constexpr auto table = std::tuple{S};
};

struct OtherRest {
  static constexpr auto name = "other_rest";
  static constexpr auto summary = "";
  static constexpr auto S = input<"rest">(8.0, "kg", "");
  static constexpr auto table = std::tuple{S};
};

struct WrongOutput {
  static constexpr auto name = "wrong_output";
  static constexpr auto summary = "";
  static constexpr auto L = parameter<"length">(2.0, "m",   fixed, assumed("toy"), "");
  static constexpr auto A = output   <"area">  (     "m^2", "");
  static constexpr auto table = std::tuple{L, A};
  template <class R>
  static void outputs(const Values<WrongOutput, R>& x, const Outputs<WrongOutput, R>& y) { y[A] = x[L] * x[L] * x[L]; }
};

struct WrongSum {
  static constexpr auto name = "wrong_sum";
  static constexpr auto summary = "";
  static constexpr auto L = parameter<"length">(2.0, "m",   fixed, assumed("toy"), "");
  static constexpr auto A = output   <"longer">(     "m",   "");
  static constexpr auto table = std::tuple{L, A};
  template <class R>
  static void outputs(const Values<WrongSum, R>& x, const Outputs<WrongSum, R>& y) { y[A] = x[L] + 1.0; }
};

struct WrongStart {
  static constexpr auto name = "wrong_start";
  static constexpr auto summary = "";
  static constexpr auto L = parameter<"length">(2.0, "m",   fixed, assumed("toy"), "");
  static constexpr auto A = state    <"area">  (     "m^2", "");
  static constexpr auto table = std::tuple{L, A};
  template <class R>
  static void personalise(const Values<WrongStart, R>& x, const Start<WrongStart, R>& s) { s[A] = x[L]; }
};

// Starts that read each other's constants: b from a's, c from b's.
struct StartA {
  static constexpr auto name = "start_a";
  static constexpr auto summary = "";
  static constexpr auto G = input   <"attribute">("1", "");
  static constexpr auto C = constant<"c_a">      ("1", "");
  static constexpr auto table = std::tuple{G, C};
  template <class R>
  static void personalise(const Values<StartA, R>& x, const Start<StartA, R>& s) { s[C] = x[G] + 1.0; }
};
struct StartB {
  static constexpr auto name = "start_b";
  static constexpr auto summary = "";
  static constexpr auto A = input   <"c_a">("1", "");
  static constexpr auto C = constant<"c_b">("1", "");
  static constexpr auto table = std::tuple{A, C};
  template <class R>
  static void personalise(const Values<StartB, R>& x, const Start<StartB, R>& s) { s[C] = 10.0 * x[A]; }
};

struct TakesEither {  // what an output reads in the branch not taken counts too
  static constexpr auto name = "takes_either";
  static constexpr auto summary = "";
  static constexpr auto I = input <"b">("1", "");
  static constexpr auto J = input <"c">("1", "");
  static constexpr auto O = output<"a">("1", "");
  static constexpr auto table = std::tuple{I, J, O};
  template <class R>
  static void outputs(const Values<TakesEither, R>& x, const Outputs<TakesEither, R>& y) {
    y[O] = select(x[I] < 1e9, x[I], x[J]);
  }
};
// Two outputs, the second from the first; computed as Order says: 0 rightly, 1 too early, 2 not at all.
template <int Order, Name Self>
struct TwoOutputs {
  static constexpr std::string_view self = Self.view();
  static constexpr auto name = self;
  static constexpr auto summary = "";
  static constexpr auto P = parameter<"length">(2.0, "m", fixed, assumed("toy"), "");
  static constexpr auto A = output<"first"> ("m", "");
  static constexpr auto B = output<"second">("m", "");
  static constexpr auto table = std::tuple{P, A, B};
  template <class R>
  static void outputs(const Values<TwoOutputs, R>& x, const Outputs<TwoOutputs, R>& y) {
    if constexpr (Order == 1) y[B] = x[A] + x[P];
    y[A] = x[P] + x[P];
    if constexpr (Order == 0) y[B] = x[A] + x[P];
  }
};
// clang-format on

using InOrder = TwoOutputs<0, "in_order">;
using TooEarly = TwoOutputs<1, "too_early">;
using Forgets = TwoOutputs<2, "forgets">;

using AfromB = Link<"a_from_b", "b", "a">;
using BfromC = Link<"b_from_c", "c", "b">;
using CfromD = Link<"c_from_d", "d", "c">;
using CfromA = Link<"c_from_a", "a", "c">;

using Modules = std::vector<const ModuleType*>;

// What composing complains of, "" if of nothing; checks the code.
std::string complaint(Modules modules, const std::vector<std::string>& given,
                      ErrorCode code = ErrorCode::composition) {
  try {
    const Composition composition(std::move(modules), given);
  } catch (const Error& e) {
    CHECK(e.code() == code);
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_CASE("an input finds the state, parameter, constant or output of its name, what is given, or its own default") {
  const Composition system({&module_type<Reader>(), &module_type<Supplier>()}, {"attribute"});
  std::vector<double> frame = system.medians(true);
  frame[system.slot("attribute")] = 4.0;
  system.personalise(frame.data());
  system.outputs(frame.data());
  // stock 3, price 3, start 6, double 6, attribute 4, rest 7: one decimal place each, exact in a double.
  CHECK(frame[system.slot("total")] == 746'633.0 + 0.0 * frame[system.slot("event")]);
  CHECK(system.outside_names() == std::vector<std::string>{"attribute", "rest"});
  CHECK(system.slots()[system.slot("stock")].module == "supplier");
  CHECK(system.slots()[system.slot("rest")].module == "");
}

TEST_CASE("a frame has states and hazards first, and each name once") {
  const Composition system({&module_type<Reader>(), &module_type<Supplier>()}, {"attribute"});
  CHECK(system.states() == 2);
  for (std::size_t i = 0; i < system.size(); ++i) {
    const Kind kind = system.slots()[i].kind;
    CHECK((kind == Kind::state || kind == Kind::hazard) == (i < system.states()));
    CHECK(system.slot(system.slots()[i].name) == i);
  }
  CHECK(system.hazards() == std::vector<Slot>{system.slot("event")});
  CHECK(system.size() == 9);  // five of the supplier, time, two from outside, the total
}

TEST_CASE("medians are those of the sex, and what has to be given is not a number") {
  const Composition system({&module_type<Reader>(), &module_type<Supplier>()}, {"attribute"});
  const std::vector<double> man = system.medians(true), woman = system.medians(false);
  CHECK(man[system.slot("price")] == 3.0);
  CHECK(woman[system.slot("price")] == 5.0);
  CHECK(std::isnan(man[system.slot("attribute")]));
  CHECK(woman[system.slot("rest")] == 7.0);
  CHECK(man[system.slot("stock")] == 0.0);
  CHECK(man[system.time()] == 0.0);
}

TEST_CASE("an input without supplier is an error that names it, its module and the nearest name") {
  const std::string message = complaint({&module_type<Reader>(), &module_type<Supplier>()}, {"atribute"});
  CHECK(contains(message, "\"attribute\" (kg) of reader"));
  CHECK(contains(message, "the nearest name is \"atribute\""));
  const std::string far = complaint({&module_type<Reader>(), &module_type<Supplier>()}, {"unlike"});
  CHECK(contains(far, "\"attribute\" (kg) of reader"));
  CHECK_FALSE(contains(far, "nearest"));
}

TEST_CASE("a quantity with two owners is an error that names all three") {
  const std::string message = complaint({&module_type<Supplier>(), &module_type<OwnsStock>()}, {});
  CHECK(contains(message, "\"stock\" has two owners: supplier and second"));
  CHECK(contains(complaint({&module_type<Supplier>(), &module_type<Supplier>()}, {}), "supplier and supplier"));
}

TEST_CASE("outputs that depend on each other in a circle are an error that names the loop, and only the loop") {
  const Modules all{&module_type<AfromB>(), &module_type<BfromC>(), &module_type<CfromA>()};
  CHECK(contains(complaint(all, {}), "a_from_b -> b_from_c -> c_from_a -> a_from_b"));
  using Zfroma = Link<"z_from_a", "a", "z">;
  const std::string message =
      complaint({&module_type<Zfroma>(), &module_type<AfromB>(), &module_type<BfromC>(), &module_type<CfromA>()}, {});
  CHECK(contains(message, "circle: a_from_b -> b_from_c -> c_from_a -> a_from_b"));
  CHECK_FALSE(contains(message, "z_from_a"));
}

TEST_CASE("a circle through the branch that is not taken is a circle") {
  using CfromAandB = Link<"closes", "a", "c">;
  using BfromD = Link<"b_from_d", "d", "b">;
  CHECK(contains(complaint({&module_type<TakesEither>(), &module_type<CfromAandB>(), &module_type<BfromD>()}, {"d"}),
                 "takes_either -> closes -> takes_either"));
}

TEST_CASE("an output that needs its own value, or another of its module too early, or is forgotten, is an error") {
  using AfromA = Link<"self_made", "a", "a">;
  CHECK(contains(complaint({&module_type<AfromA>()}, {}), "self_made makes \"a\""));
  CHECK(contains(complaint({&module_type<TooEarly>()}, {}), "too_early makes \"second\""));
  CHECK(contains(complaint({&module_type<Forgets>()}, {}), "forgets makes \"second\""));
  // In the right order a module may use its own outputs.
  CHECK(complaint({&module_type<InOrder>()}, {}) == "");
}

TEST_CASE("a supplier in another unit is an error that names the quantity and both units") {
  const std::string message = complaint({&module_type<Supplier>(), &module_type<ReadsGrams>()}, {});
  CHECK(contains(message, "\"stock\" is in kg but grams reads it in g"));
  const std::string outside =
      complaint({&module_type<Supplier>(), &module_type<Reader>(), &module_type<ReadsAttribute>()}, {"attribute"});
  CHECK(contains(outside, "\"attribute\" is in kg but attribute_reader reads it in m"));
}

TEST_CASE("two modules that expect different defaults of one input are an error") {
  const std::string message =
      complaint({&module_type<Supplier>(), &module_type<Reader>(), &module_type<OtherRest>()}, {"attribute"});
  CHECK(contains(message, "different defaults of \"rest\""));
}

TEST_CASE("a wrong unit in an output, a sum or a starting state is caught when the system is composed") {
  CHECK(contains(complaint({&module_type<WrongOutput>()}, {}, ErrorCode::internal),
                 "wrong_output gives \"area\" in m^3"));
  CHECK(contains(complaint({&module_type<WrongSum>()}, {}, ErrorCode::internal), "m + 1"));
  CHECK(
      contains(complaint({&module_type<WrongStart>()}, {}, ErrorCode::internal), "wrong_start gives \"area\" in m"));
}

TEST_CASE("outputs are evaluated after what they read, in whatever order the modules are given") {
  Modules modules{&module_type<AfromB>(), &module_type<BfromC>(), &module_type<CfromD>()};
  std::sort(modules.begin(), modules.end());
  int orders = 0;
  do {
    const Composition system(modules, {"d"});
    std::vector<double> frame = system.medians(true);
    for (const char* stale : {"a", "b", "c"}) frame[system.slot(stale)] = std::nan("");
    frame[system.slot("d")] = 3.0;
    system.outputs(frame.data());
    CHECK(frame[system.slot("c")] == 7.0);
    CHECK(frame[system.slot("b")] == 15.0);
    CHECK(frame[system.slot("a")] == 31.0);
    ++orders;
  } while (std::next_permutation(modules.begin(), modules.end()));
  CHECK(orders == 6);
}

TEST_CASE("starts are worked out after the constants they read, in whatever order the modules are given") {
  for (const bool turned : {false, true}) {
    Modules modules{&module_type<StartA>(), &module_type<StartB>()};
    if (turned) std::swap(modules[0], modules[1]);
    const Composition system(modules, {"attribute"});
    std::vector<double> frame = system.medians(true);
    frame[system.slot("attribute")] = 2.0;
    system.personalise(frame.data());
    CHECK(frame[system.slot("c_b")] == 30.0);
  }
}

TEST_CASE("asking for an unknown quantity is an error with the nearest name") {
  const Composition system({&module_type<Supplier>()}, {});
  CHECK_FALSE(system.find("stok").has_value());
  try {
    system.slot("stok");
    FAIL("found a quantity that does not exist");
  } catch (const Error& e) {
    CHECK(e.code() == ErrorCode::unknown_name);
    CHECK(contains(e.what(), "did you mean \"stock\"?"));
  }
}

}  // namespace
}  // namespace healthspan
