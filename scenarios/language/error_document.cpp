#include <healthspan/scenarios/language/error_document.hpp>

#include <nlohmann/json.hpp>

namespace healthspan::scenarios {

std::string error_document(ErrorCode code, const std::string& message) {
  using Json = nlohmann::ordered_json;
  const ErrorEntry& entry = entry_of(code);
  Json file = nullptr, pointer = nullptr;
  const std::size_t colon = message.find(": ");
  const bool of_file = code == ErrorCode::syntax || code == ErrorCode::cannot_read || code == ErrorCode::cannot_write;
  if (const std::size_t slash = message.find(": /"); slash != std::string::npos) {
    file = message.substr(0, slash);
    const std::size_t end = message.find(": ", slash + 2);
    pointer = message.substr(slash + 2, end == std::string::npos ? end : end - slash - 2);
    if (pointer == "/") pointer = "";  // the whole document
  } else if (of_file && colon != std::string::npos) {
    file = message.substr(0, colon);
  }
  const Json document{{"code", &entry - error_list.data()},
                      {"name", entry.name},
                      {"message", message},
                      {"file", file},
                      {"pointer", pointer},
                      {"exit", entry.exit_status}};
  return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace healthspan::scenarios
