#include "version.hpp"

#include <healthspan/core/words.hpp>
#include <healthspan/scenarios/language/binary.hpp>
#include <healthspan/scenarios/language/language.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace healthspan::scenarios {

namespace {

using Json = nlohmann::ordered_json;
using Words = std::vector<std::uint64_t>;

// Changes of the layout raise it; a file of another version is refused.
constexpr int layout_version = 2;

[[noreturn]] void fail(const std::string& name, const std::string& message) {
  throw Error(ErrorCode::syntax, name + ": " + message);
}

std::string bytes_of(std::uint64_t word) {
  std::string bytes(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(word >> (8 * i) & 0xff);
  return bytes;
}

std::uint64_t word_at(const std::string& bytes, std::size_t at) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < 8; ++i)
    word |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  return word;
}

std::string first_line(const std::string& kind) { return fmt::format("healthspan {} {}\n", kind, layout_version); }

std::string packed(const std::string& kind, const Json& header, const Words& words) {
  const std::string text = header.dump();
  std::string file = first_line(kind) + bytes_of(text.size()) + text + bytes_of(words.size());
  file.reserve(file.size() + 8 * words.size() + 8);
  for (const std::uint64_t word : words) file += bytes_of(word);
  return file + bytes_of(name_hash(file));
}

struct Unpacked {
  Json header;
  Words words;
};

Unpacked unpacked(const std::string& kind, const std::string& file, const std::string& name) {
  const std::string line = first_line(kind);
  if (file.compare(0, line.size(), line) != 0)
    fail(name, fmt::format("is not a {} of this version of the layout; its first line should be \"{}\"", kind,
                           line.substr(0, line.size() - 1)));
  std::size_t at = line.size();
  const auto length = [&](std::size_t each) {
    if (file.size() - at < 16) fail(name, "is cut off");
    const std::uint64_t count = word_at(file, at);
    at += 8;
    if (count > (file.size() - at - 8) / each) fail(name, "is cut off");
    return static_cast<std::size_t>(count);
  };
  Unpacked result;
  const std::size_t header = length(1);
  const std::string text = file.substr(at, header);
  at += header;
  const std::size_t words = length(8);
  if (file.size() - at != 8 * words + 8) fail(name, "is longer than it says");
  if (word_at(file, file.size() - 8) != name_hash(std::string_view(file).substr(0, file.size() - 8)))
    fail(name, "is damaged: its checksum does not fit");
  result.header = Json::parse(text, nullptr, false);
  if (!result.header.is_object()) fail(name, "has a header that is not JSON");
  for (std::size_t i = 0; i < words; ++i) result.words.push_back(word_at(file, at + 8 * i));
  return result;
}

// Reads the header's entries; whatever is missing or of another type is an error that names it.
class Header {
 public:
  Header(const Json& json, const std::string& name) : json_(json), name_(name) {}

  std::string text(const char* key) const {
    if (!get(key).is_string()) wrong(key, "a text");
    return get(key).get<std::string>();
  }
  std::uint64_t number(const char* key, std::uint64_t most) const {
    if (!get(key).is_number_unsigned() || get(key).get<std::uint64_t>() > most)
      wrong(key, fmt::format("a whole number up to {}", most));
    return get(key).get<std::uint64_t>();
  }
  double real(const char* key) const {
    if (!get(key).is_number()) wrong(key, "a number");
    return get(key).get<double>();
  }
  const Json& list(const char* key) const {
    if (!get(key).is_array()) wrong(key, "a list");
    return get(key);
  }
  std::vector<std::string> texts(const Json& object, const char* key) const {
    const auto at = object.find(key);
    if (at == object.end() || !at->is_array()) wrong(key, "a list of texts");
    std::vector<std::string> result;
    for (const Json& entry : *at) {
      if (!entry.is_string()) wrong(key, "a list of texts");
      result.push_back(entry.get<std::string>());
    }
    return result;
  }
  [[noreturn]] void wrong(const char* key, const std::string& expected) const {
    fail(name_, fmt::format("/{}: expected {}", key, expected));
  }

 private:
  const Json& get(const char* key) const {
    const auto at = json_.find(key);
    if (at == json_.end()) fail(name_, fmt::format("/{}: is missing", key));
    return *at;
  }

  const Json& json_;
  const std::string& name_;
};

Json members_of(const RunResult& r) {
  return {{"healthspan", version},
          {"first_member", r.first_member},
          {"members", r.members},
          {"scenario", write_scenario(r.resolved)}};
}

MemberRange range_of(const Header& header) {
  return {header.number("first_member", most_members), header.number("members", most_members)};
}

// What does not fit within is said of the file.
template <class F>
auto naming(const std::string& name, F&& work) {
  try {
    return work();
  } catch (const Error& error) {
    throw Error(error.code(), name + ": " + error.what());
  }
}

std::filesystem::path file_in(const std::filesystem::path& given, const char* name) {
  return std::filesystem::is_directory(given) ? given / name : given;
}

}  // namespace

std::string shard_file(const RunResult& r) { return packed("shard", members_of(r), r.summary->words()); }

Shard parse_shard(const std::string& content, const std::string& name) {
  const Unpacked file = unpacked("shard", content, name);
  const Header header(file.header, name);
  Scenario scenario =
      parse_scenario(header.text("scenario"), name + ": /scenario", std::filesystem::path(name).parent_path());
  if (!scenario.numerics) fail(name, "/scenario/numerics: is missing");
  return naming(name, [&] {
    const System system(scenario);
    const EnsembleSpec spec = system.spec(scenario.numerics->substeps_per_month);
    SummarySpec sums = system.inquiry().shape(spec);
    for (const std::string& output : system.outputs()) {
      const auto& [low, high] = scenario.numerics->ranges.at(output);
      sums.columns.push_back(ColumnRange::exactly(low, high));
    }
    Shard shard{scenario, range_of(header), Summary::from_words(sums, file.words)};
    if (shard.summary.members() + shard.summary.failed().size() != shard.range.count)
      throw Error(ErrorCode::syntax, "/members: is not the number of members that were summed up");
    return shard;
  });
}

std::string snapshot_file(const RunResult& r) {
  Json header = members_of(r);
  header["day"] = r.spec.reports_d.back();
  for (const Plan::Names& names : r.put_aside->names)
    header["arms"].push_back({{"events", names.events},
                              {"scheduled", names.scheduled},
                              {"visits", names.visits},
                              {"triggers", names.triggers},
                              {"reactions", names.reactions},
                              {"findings", names.findings}});
  return packed("snapshot", header, words_of(*r.put_aside));
}

Snapshot parse_snapshot(const std::string& content, const std::string& name) {
  const Unpacked file = unpacked("snapshot", content, name);
  const Header header(file.header, name);
  Snapshot snapshot;
  snapshot.resolved =
      parse_scenario(header.text("scenario"), name + ": /scenario", std::filesystem::path(name).parent_path());
  snapshot.at_d = header.real("day");
  const MemberRange range = range_of(header);
  return naming(name, [&] {
    const System system(snapshot.resolved);
    EnsembleSpec spec = system.spec(2);
    while (!spec.reports_d.empty() && spec.reports_d.back() > snapshot.at_d) spec.reports_d.pop_back();
    if (spec.reports_d.empty() || spec.reports_d.back() != snapshot.at_d)
      throw Error(ErrorCode::syntax, "/day: is not a time at which the scenario reports");
    std::vector<Plan::Names> names;
    for (const Json& arm : header.list("arms"))
      names.push_back({header.texts(arm, "events"), header.texts(arm, "scheduled"), header.texts(arm, "visits"),
                       header.texts(arm, "triggers"), header.texts(arm, "reactions"), header.texts(arm, "findings")});
    for (std::size_t a = 0; a < spec.arms.size(); ++a)
      if (names.size() != spec.arms.size() || !(names[a] == spec.arms[a].names()))
        throw Error(ErrorCode::syntax, "/arms: do not fit the scenario");
    snapshot.lives = aside_from(spec, range.first, range.count, std::move(names), file.words);
    return snapshot;
  });
}

Shard read_shard(const std::filesystem::path& given) {
  const std::filesystem::path file = file_in(given, shard_name);
  return parse_shard(read_file(file), file.string());
}

Snapshot read_snapshot(const std::filesystem::path& given) {
  const std::filesystem::path file = file_in(given, snapshot_name);
  return parse_snapshot(read_file(file), file.string());
}

}  // namespace healthspan::scenarios
