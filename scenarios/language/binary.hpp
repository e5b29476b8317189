// Files that hold numbers exactly: shards and snapshots. A line that says what it is, a header in JSON, and 64-bit
// words, the lowest byte first, with a checksum. The same bytes on every machine.
#pragma once

#include <healthspan/scenarios/run.hpp>

#include <filesystem>
#include <string>

namespace healthspan::scenarios {

// As texts, for whoever writes them to a file.
std::string shard_file(const RunResult& result);
std::string snapshot_file(const RunResult& result);

// Throw Error(cannot_read | syntax) with the name of the file. A snapshot may be given by the folder of its run.
Shard read_shard(const std::filesystem::path& file);
Snapshot read_snapshot(const std::filesystem::path& file);

// The same from the content of a file; `name` stands for it in messages.
Shard parse_shard(const std::string& content, const std::string& name);
Snapshot parse_snapshot(const std::string& content, const std::string& name);

inline constexpr const char* shard_name = "shard.healthspan";
inline constexpr const char* snapshot_name = "snapshot.healthspan";

}  // namespace healthspan::scenarios
