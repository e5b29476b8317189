#include <healthspan/core/composition.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace healthspan {

namespace {

bool integrated(Kind kind) { return kind == Kind::state || kind == Kind::hazard; }

[[noreturn]] void fail(const std::string& message) { throw Error(ErrorCode::composition, message); }

}  // namespace

Composition::Composition(std::vector<const ModuleType*> modules, const std::vector<std::string>& given)
    : modules_(std::move(modules)) {
  lay_out(given);
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].module.empty() && i != time_) outside_.push_back(static_cast<Slot>(i));
  output_order_ = ordered(Stage::outputs);
  rate_order_ = needed_by_rates();
  personalise_order_ = ordered(Stage::personalise);
  anchor_order_ = ordered(Stage::anchor);
}

void Composition::lay_out(const std::vector<std::string>& given) {
  std::map<std::string, Slot> owned;
  const auto add = [&](const RowInfo& row, const std::string& module) {
    const Slot slot = static_cast<Slot>(slots_.size());
    slots_.push_back({row.name, row.unit, module, row.meaning, row.kind, row.value, row.spread, row.recurrence});
    if (const auto [at, fresh] = owned.emplace(row.name, slot); !fresh)
      fail("\"" + row.name + "\" has two owners: " + slots_[at->second].module + " and " + module);
    return slot;
  };

  for (const bool states_turn : {true, false}) {
    for (const ModuleType* module : modules_)
      for (const RowInfo& row : module->rows)
        if (row.kind != Kind::input && integrated(row.kind) == states_turn) {
          const Slot slot = add(row, module->name);
          if (row.kind == Kind::hazard) hazards_.push_back(slot);
        }
    if (states_turn) states_ = slots_.size();
  }
  const double nan = std::numeric_limits<double>::quiet_NaN();
  time_ = add({Kind::input, "time", "d", "Time since the start", nan, fixed, assumed("")}, "");

  for (const ModuleType* module : modules_) {
    Call call{module, {}};
    for (const RowInfo& row : module->rows) {
      auto at = owned.find(row.name);
      if (row.kind == Kind::input) {
        if (at == owned.end()) {
          const bool supplied = std::find(given.begin(), given.end(), row.name) != given.end();
          if (!supplied && std::isnan(row.value.men)) {
            std::vector<std::string> candidates = given;
            for (const auto& [name, slot] : owned) candidates.push_back(name);
            const std::string near = nearest_name(row.name, candidates);
            fail("the input \"" + row.name + "\" (" + row.unit + ") of " + module->name +
                 " has no supplier: no module owns it and the patient does not give it" +
                 (near.empty() ? "" : "; the nearest name is \"" + near + "\""));
          }
          add(row, "");
          at = owned.find(row.name);
        }
        SlotInfo& supplier = slots_[at->second];
        if (supplier.unit != row.unit)
          fail("\"" + row.name + "\" is in " + supplier.unit + " but " + module->name + " reads it in " + row.unit);
        // Until it is computed, an output is what its readers take it for: so starts are worked out without drugs.
        if (supplier.kind == Kind::output && std::isnan(supplier.value.men)) supplier.value = row.value;
        if (supplier.module.empty() && at->second != time_ &&
            std::find(given.begin(), given.end(), row.name) == given.end()) {
          const bool one_open = std::isnan(supplier.value.men) != std::isnan(row.value.men);
          const bool differ = !std::isnan(row.value.men) && supplier.value.men != row.value.men;
          if (one_open || differ) fail("two modules expect different defaults of \"" + row.name + "\"");
        }
      }
      call.slots.push_back(at->second);
    }
    calls_.push_back(std::move(call));
  }
}

std::vector<Composition::Call> Composition::ordered(Stage stage) const {
  // A trial evaluation with the checking scalar tells which rows each module reads.
  std::vector<Checked> blank(slots_.size());
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const double value = slots_[i].value.men;
    blank[i] = Checked(std::isnan(value) ? 1.0 : value, Unit(slots_[i].unit), {});
  }
  std::map<Slot, std::size_t> writer;  // who writes a slot in this stage
  std::vector<std::vector<Slot>> reads(calls_.size());
  for (std::size_t c = 0; c < calls_.size(); ++c) {
    const Call& call = calls_[c];
    const Equations<Checked>& e = equations<Checked>(call);
    auto* function = stage == Stage::outputs ? e.outputs : stage == Stage::personalise ? e.personalise : e.anchor;
    if (!function) continue;
    std::vector<Checked> frame = blank;
    for (std::size_t row = 0; row < call.slots.size(); ++row) frame[call.slots[row]].reads.set(row);
    std::vector<Checked> before = frame;
    function(frame.data(), call.slots.data());
    std::bitset<max_rows> read, own_outputs;
    for (std::size_t row = 0; row < call.slots.size(); ++row)
      own_outputs[row] = call.module->rows[row].kind == Kind::output;
    for (std::size_t row = 0; row < call.slots.size(); ++row) {
      const Slot slot = call.slots[row];
      const Kind kind = call.module->rows[row].kind;
      const bool written =
          frame[slot].reads != before[slot].reads || frame[slot].value != before[slot].value || kind == Kind::output;
      if (kind == Kind::input || kind == Kind::parameter || !written) continue;
      if (stage == Stage::outputs && kind == Kind::output && (frame[slot].reads & own_outputs).any())
        fail(call.module->name + " makes \"" + slots_[slot].name +
             "\" out of its own outputs before they are computed, or not at all");
      writer[slot] = c;
      read |= frame[slot].reads;
      if (!(frame[slot].unit == Unit(slots_[slot].unit)))
        throw Error(ErrorCode::internal, "units do not balance: " + call.module->name + " gives \"" +
                                             slots_[slot].name + "\" in " + frame[slot].unit.text());
    }
    for (std::size_t row = 0; row < call.slots.size(); ++row)
      if (read[row]) reads[c].push_back(call.slots[row]);
  }

  std::vector<Call> order;
  std::vector<int> mark(calls_.size(), 0);  // 1: being visited, 2: placed
  std::vector<std::string> path;
  const auto visit = [&](const auto& self, std::size_t c) -> void {
    if (mark[c] == 2) return;
    path.push_back(calls_[c].module->name);
    if (mark[c] == 1) {
      std::string loop;
      for (auto at = std::find(path.begin(), path.end(), path.back()); at != path.end(); ++at)
        loop += (loop.empty() ? "" : " -> ") + *at;
      fail("outputs depend on each other in a circle: " + loop);
    }
    mark[c] = 1;
    for (const Slot slot : reads[c])
      if (const auto at = writer.find(slot); at != writer.end() && at->second != c) self(self, at->second);
    mark[c] = 2;
    path.pop_back();
    order.push_back(calls_[c]);
  };
  for (std::size_t c = 0; c < calls_.size(); ++c) visit(visit, c);
  return order;
}

std::vector<Composition::Call> Composition::needed_by_rates() const {
  // Backwards through the order: a module is needed if it has rates, or if a needed one lists one of its outputs.
  std::vector<bool> read(slots_.size(), false);
  std::vector<Call> needed;
  for (auto call = output_order_.rbegin(); call != output_order_.rend(); ++call) {
    bool wanted = equations<double>(*call).rates != nullptr;
    for (std::size_t row = 0; row < call->slots.size(); ++row)
      wanted = wanted || (call->module->rows[row].kind == Kind::output && read[call->slots[row]]);
    if (!wanted) continue;
    for (std::size_t row = 0; row < call->slots.size(); ++row)
      if (call->module->rows[row].kind == Kind::input) read[call->slots[row]] = true;
    needed.insert(needed.begin(), *call);
  }
  return needed;
}

std::optional<Slot> Composition::find(std::string_view name) const {
  for (std::size_t i = 0; i < slots_.size(); ++i)
    if (slots_[i].name == name) return static_cast<Slot>(i);
  return std::nullopt;
}

Slot Composition::slot(std::string_view name) const {
  if (const auto found = find(name)) return *found;
  std::vector<std::string> names;
  for (const SlotInfo& info : slots_) names.push_back(info.name);
  throw Error(ErrorCode::unknown_name,
              "there is no quantity \"" + std::string(name) + "\" in this system" + name_hint(name, names));
}

std::vector<std::string> Composition::outside_names() const {
  std::vector<std::string> names;
  for (const Slot slot : outside_) names.push_back(slots_[slot].name);
  return names;
}

std::vector<double> Composition::medians(bool male) const {
  std::vector<double> frame(slots_.size(), 0.0);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const SlotInfo& info = slots_[i];
    const double value = male ? info.value.men : info.value.women;
    if (info.kind == Kind::parameter || info.kind == Kind::input) frame[i] = value;
    if (info.kind == Kind::output && !std::isnan(value)) frame[i] = value;
  }
  frame[time_] = 0.0;
  return frame;
}

}  // namespace healthspan
