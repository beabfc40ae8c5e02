// What a command reads: a file, or an address that is fetched.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "native/feed_loader.hpp"

namespace skypod::cli {

/// Where a document is to come from, as the arguments name it.
struct Source {
  std::string name;  // a file's or an address
  std::string base;  // where a file came from
  std::vector<std::string> cidrs;
};

/// A document with what is known about it.
struct Loaded {
  std::string document;
  std::string content_type;  // empty for a file
  std::string url;           // where it was found in the end, or the given base
};

/// Adds `source`, `--base` and `--allow-fetch`.
void add_source(CLI::App& command, Source& source);

bool is_address(const std::string& name);

FetchOptions fetch_options(const Source& source);

/// What to fetch where an address is named: a name and password in it are sent to its origin only.
Wanted wanted_of(const Source& source);

/// Reads or fetches it.
Result<Loaded, ServiceError> load(const Source& source);

}  // namespace skypod::cli
