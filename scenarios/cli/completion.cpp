#include <healthspan/core/errors.hpp>
#include <healthspan/scenarios/cli/completion.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace healthspan::scenarios {

namespace {

std::vector<std::string> options_of(const CLI::App& command) {
  std::vector<std::string> names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    for (const std::string& name : option->get_snames()) names.push_back("-" + name);
  }
  return names;
}

std::string joined(const std::vector<std::string>& words) {
  std::string line;
  for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
  return line;
}

// The first line of a help text in single quotes.
std::string quoted(std::string text) {
  text = text.substr(0, text.find('\n'));
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? "" : std::string(1, c);
  return result + "'";
}

std::string for_bash(const CLI::App& app, const std::vector<const CLI::App*>& commands) {
  std::vector<std::string> names;
  std::string cases;
  for (const CLI::App* command : commands) {
    names.push_back(command->get_name());
    cases += fmt::format("    {}) words=\"{}\" ;;\n", command->get_name(), joined(options_of(*command)));
  }
  return fmt::format(R"(# healthspan completion bash > ~/.local/share/bash-completion/completions/healthspan
_healthspan() {{
  local word=${{COMP_WORDS[COMP_CWORD]}} command="" words=""
  local k
  for ((k = 1; k < COMP_CWORD; k++)); do
    if [[ ${{COMP_WORDS[k]}} != -* ]]; then command=${{COMP_WORDS[k]}}; break; fi
  done
  case $command in
    "") words="{} {}" ;;
{}  esac
  COMPREPLY=()
  if [[ -z $command || $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}}
complete -o filenames -F _healthspan healthspan
)",
                     joined(names), joined(options_of(app)), cases);
}

std::string for_zsh(const CLI::App& app, const std::vector<const CLI::App*>& commands) {
  std::string names, cases;
  for (const CLI::App* command : commands) {
    const std::string what = quoted(command->get_name() + ":" + command->get_description());
    names += fmt::format("    {}\n", what);
    cases += fmt::format("    {}) options=({}) ;;\n", command->get_name(), joined(options_of(*command)));
  }
  return fmt::format(R"(#compdef healthspan
# healthspan completion zsh > a file _healthspan in a folder of $fpath
_healthspan() {{
  local -a commands options
  commands=(
{})
  if ((CURRENT == 2)); then
    _describe command commands
    compadd -- {}
    return
  fi
  case ${{words[2]}} in
{}  esac
  if [[ $PREFIX == -* ]]; then compadd -- $options; else _files; fi
}}
if [[ ${{funcstack[1]}} == _healthspan ]]; then _healthspan "$@"; else compdef _healthspan healthspan; fi
)",
                     names, joined(options_of(app)), cases);
}

std::string for_fish(const CLI::App& app, const std::vector<const CLI::App*>& commands) {
  std::string script = "# healthspan completion fish > ~/.config/fish/completions/healthspan.fish\n";
  const auto options = [&](const CLI::App& of, const std::string& condition) {
    for (const CLI::Option* option : of.get_options()) {
      std::string line = "complete -c healthspan -n '" + condition + "'";
      for (const std::string& name : option->get_lnames()) line += " -l " + name;
      for (const std::string& name : option->get_snames()) line += " -s " + name;
      if (option->get_lnames().empty() && option->get_snames().empty()) continue;
      if (option->get_expected_max() > 0) line += " -r";
      script += line + " -d " + quoted(option->get_description()) + "\n";
    }
  };
  options(app, "__fish_use_subcommand");
  for (const CLI::App* command : commands) {
    script += fmt::format("complete -c healthspan -f -n __fish_use_subcommand -a {} -d {}\n", command->get_name(),
                          quoted(command->get_description()));
    options(*command, "__fish_seen_subcommand_from " + command->get_name());
  }
  return script;
}

}  // namespace

std::string completion_for(const CLI::App& app, const std::string& shell) {
  const std::vector<const CLI::App*> commands = app.get_subcommands([](const CLI::App*) { return true; });
  if (shell == "bash") return for_bash(app, commands);
  if (shell == "zsh") return for_zsh(app, commands);
  if (shell == "fish") return for_fish(app, commands);
  throw Error(ErrorCode::unknown_name,
              "there is no completion for \"" + shell + "\"" + name_hint(shell, {"bash", "zsh", "fish"}));
}

}  // namespace healthspan::scenarios
