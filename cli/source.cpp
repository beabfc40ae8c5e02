#include "cli/source.hpp"

#include <fstream>
#include <sstream>

#include "cli/command.hpp"
#include "core/feed/login.hpp"

namespace skypod::cli {
namespace {

Result<Loaded, ServiceError> load_file(const Source& source) {
  std::ifstream file(source.name, std::ios::binary);
  std::ostringstream document;
  document << file.rdbuf();
  if (!file || document.bad()) {
    return unexpected(ServiceError{400, "unreadable", source.name + " cannot be read: check its name and permissions"});
  }
  return Loaded{document.str(), "", source.base};
}

}  // namespace

void add_source(CLI::App& command, Source& source) {
  command.add_option("source", source.name, "A file, or an http or https address")->required();
  command.add_option("--base", source.base, "Where a file came from, for its relative addresses");
  add_allow_fetch(command, source.cidrs);
}

bool is_address(const std::string& name) {
  return name.starts_with("http://") || name.starts_with("https://");
}

FetchOptions fetch_options(const Source& source) {
  FetchOptions options;
  options.allowed = networks_of(source.cidrs);
  return options;
}

Wanted wanted_of(const Source& source) {
  feed::Located located = feed::take_login(source.name);
  if (!feed::is_login(located.login)) return {source.name};
  return {std::move(located.url), Redacted(feed::basic_authorization(located.login))};
}

Result<Loaded, ServiceError> load(const Source& source) {
  if (!is_address(source.name)) return load_file(source);
  const Wanted wanted = wanted_of(source);
  auto answer = fetch_document(wanted.url, fetch_options(source), wanted.authorization);
  if (!answer) return unexpected(answer.error());
  return Loaded{std::move(answer->body), std::move(answer->content_type), std::move(answer->final_url)};
}

}  // namespace skypod::cli
