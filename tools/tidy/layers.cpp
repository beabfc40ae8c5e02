#include "tools/tidy/layers.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "tools/tidy/paths.hpp"
#include "tools/tidy/source.hpp"
#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

constexpr std::array<Layer, 34> table = {{
    // folder, may include, libraries, tests may add
    {"base", "", "pure"},
    {"core/wire", "base", "pure json"},
    {"core/ports", "base core/wire", "pure json"},
    {"core/sync", "base core/wire core/ports", "pure json xxhash"},
    {"core/ledger", "base core/wire", "pure json"},
    {"core/realm", "base core/wire core/ledger core/sync core/ports", "pure json", "core/signal"},
    {"core/signal", "base core/wire core/ledger core/ports", "pure json"},
    {"core/feed", "base core/wire", "pure json"},
    {"core/library", "base core/wire core/ledger core/sync core/realm core/feed core/ports", "pure json"},
    {"core/device", "base core/wire core/ledger core/sync core/realm core/feed core/library core/ports", "pure json",
     "core/signal"},
    {"media", "base", "host json openssl audio"},
    {"reader", "base core/wire core/feed", "host json gumbo"},
    {"rtc/sdp", "base", "pure"},
    {"rtc/channel/dcep", "base", "pure"},
    {"rtc/loop", "base", "host ice"},
    {"rtc/ice", "base core/wire rtc/sdp rtc/loop", "host json ice"},
    {"rtc/dtls", "base rtc/sdp rtc/loop rtc/fault", "host openssl"},
    {"rtc/sctp", "base rtc/loop", "host sctp"},
    {"rtc/channel", "base rtc/channel/dcep rtc/sctp rtc/fault", "host"},
    {"rtc", "base core/wire rtc", "host json openssl ice sctp"},
    {"native", "base core", "host json boost curl jose libxml openssl sqlite zlib brotli"},
    {"peer", "base core native reader rtc", "host json boost"},
    {"server", "base core native media reader",
     "host json boost brotli curl nats openssl postgres prometheus spdlog sqlite vips"},
    {"wasm", "base core", "pure json"},
    {"sim", "base core", "host json cli11"},
    {"cli", "base core media reader rtc native peer server", "host json boost cli11 qr spdlog"},
    {"tools", "base", "host json"},
    {"fuzz", "*", "*"},
    {"bench", "*", "*"},
    {"test", "*", "*"},
    // No C++ lives in these.
    {"web", "", ""},
    {"docs", "", ""},
    {"cmake", "", ""},
    {"packaging", "", ""},
}};

/// Which library a header belongs to, by how its name begins.
constexpr std::array<std::pair<std::string_view, std::string_view>, 51> families = {{
    {"nlohmann/", "json"},   {"xxhash.h", "xxhash"}, {"gtest/", "gtest"},
    {"gmock/", "gtest"},     {"boost/", "boost"},    {"openssl/", "openssl"},
    {"sqlite3.h", "sqlite"}, {"curl/", "curl"},      {"libxml/", "libxml"},
    {"cjose/", "jose"},      {"jose/", "jose"},      {"libpq-fe.h", "postgres"},
    {"pqxx/", "postgres"},   {"nats/", "nats"},      {"spdlog/", "spdlog"},
    {"fmt/", "spdlog"},      {"CLI/", "cli11"},      {"prometheus/", "prometheus"},
    {"vips/", "vips"},       {"brotli/", "brotli"},  {"qrencode.h", "qr"},
    {"nice/", "ice"},        {"stun/", "ice"},       {"agent.h", "ice"},
    {"glib", "ice"},         {"gio/", "ice"},        {"usrsctp.h", "sctp"},
    {"libav", "audio"},      {"libsw", "audio"},     {"ebur128.h", "audio"},
    {"gumbo.h", "gumbo"},    {"sys/", "posix"},      {"netinet/", "posix"},
    {"arpa/", "posix"},      {"net/", "posix"},      {"linux/", "posix"},
    {"sched.h", "posix"},    {"unistd.h", "posix"},  {"fcntl.h", "posix"},
    {"poll.h", "posix"},     {"netdb.h", "posix"},   {"spawn.h", "posix"},
    {"ifaddrs.h", "posix"},  {"pthread.h", "posix"}, {"signal.h", "posix"},
    {"termios.h", "posix"},  {"resolv.h", "posix"},  {"iconv.h", "posix"},
    {"dirent.h", "posix"},   {"zlib.h", "zlib"},     {"brotli/", "brotli"},
}};

/// Standard headers that neither reach outside nor weigh down the WebAssembly module. <chrono> is here for durations
/// and calendars; check_sans_io refuses its clocks.
constexpr std::string_view pure_headers =
    "algorithm any array bit bitset cassert cctype charconv chrono cinttypes climits cmath compare concepts coroutine "
    "cstddef cstdint cstdlib cstring deque exception expected forward_list functional initializer_list iterator limits "
    "list map memory memory_resource new numbers numeric optional queue ranges ratio set span stack stdexcept string "
    "string_view system_error tuple type_traits typeindex typeinfo unordered_map unordered_set utility variant vector "
    "version";

/// What a test of a pure folder needs to read fixtures.
constexpr std::string_view file_headers = "filesystem fstream sstream";

bool lists(std::string_view words, std::string_view word) {
  return find_word(words, word) != std::string_view::npos && std::ranges::count(split_words(words), word) > 0;
}

/// True for what lies in a folder of the table, and for the files of a row that is a file without its ending.
bool belongs(std::string_view path, std::string_view folder) {
  const std::string_view rest = path.starts_with(folder) ? path.substr(folder.size()) : std::string_view{};
  return is_under(path, folder) || rest.starts_with('.') || rest.starts_with("_test.");
}

const Layer* layer_of(std::string_view path) {
  const Layer* best = nullptr;
  for (const Layer& layer : table) {
    if (belongs(path, layer.folder) && (best == nullptr || layer.folder.size() > best->folder.size())) {
      best = &layer;
    }
  }
  return best;
}

/// True if `path` lies in one of the folders.
bool covers(std::string_view folders, std::string_view path) {
  const auto words = split_words(folders);
  return folders == "*" || std::ranges::any_of(words, [&](auto folder) { return belongs(path, folder); });
}

std::string_view family_of(std::string_view header) {
  for (const auto& [prefix, family] : families) {
    if (header.starts_with(prefix)) {
      return family;
    }
  }
  if (header.find_first_of("/.") != std::string_view::npos) {
    return {};
  }
  return lists(pure_headers, header) ? "pure" : lists(file_headers, header) ? "files" : "std";
}

bool may_use(const Layer& layer, std::string_view family, bool test) {
  const bool host = lists(layer.libraries, "host") && lists("pure files std posix", family);
  const bool for_tests = test && lists("gtest files", family);
  return layer.libraries == "*" || host || for_tests || lists(layer.libraries, family);
}

std::string say_folders(const Layer& layer) {
  return layer.may_include.empty() ? "nothing outside itself" : std::string(layer.may_include);
}

struct Include {
  std::string_view name;
  bool system;  // <...> rather than "..."
};

std::optional<Include> read_include(std::string_view line) {
  line = trim(line);
  if (!line.starts_with('#')) {
    return std::nullopt;
  }
  line = trim(line.substr(1));
  if (!line.starts_with("include")) {
    return std::nullopt;
  }
  line = trim(line.substr(7));
  const std::size_t end = line.find_first_of(">\"", 1);
  if (line.empty() || (line[0] != '<' && line[0] != '"') || end == std::string_view::npos) {
    return std::nullopt;
  }
  return Include{line.substr(1, end - 1), line[0] == '<'};
}

std::string judge_system(const Layer& layer, std::string_view header, bool test) {
  const std::string_view family = family_of(header);
  if (layer.libraries == "*") {
    return {};
  }
  if (family.empty()) {
    return "<" + std::string(header) + "> belongs to no library in the table; use the C++ spelling of a C header, or " +
           "add the library to tools/tidy/layers.cpp with the folder that may use it";
  }
  if (may_use(layer, family, test)) {
    return {};
  }
  return std::string(layer.folder) + " may not use <" + std::string(header) + "> (" + std::string(family) +
         "); it has: " + std::string(layer.libraries) + "; move this code to a folder that may, or ask through a port";
}

std::string judge_own(const Layer& layer, std::string_view path, bool test) {
  const Layer* target = layer_of(path);
  if (target == nullptr) {
    return "\"" + std::string(path) + "\" is in no folder of the table; write the path from the root of the tree";
  }
  if (target == &layer || covers(layer.may_include, path) || (test && covers(layer.tests_may_add, path))) {
    return {};
  }
  return std::string(layer.folder) + " may not include " + std::string(target->folder) + "; it may include " +
         say_folders(layer) + "; turn the dependency round or put a port between";
}

std::string judge(const Layer& layer, const Include& include, bool test) {
  return include.system ? judge_system(layer, include.name, test) : judge_own(layer, include.name, test);
}

Findings check_includes(const File& file) {
  const Layer* layer = layer_of(file.path);
  if (layer == nullptr) {
    return {{file.path, 1, "layering",
             "this folder is not in the table; add it to tools/tidy/layers.cpp with what it may include"}};
  }
  Findings found;
  const Source source = read_source(file.text, Language::cpp);
  const auto code = split_lines(source.code);  // where a raw string's lines are blank
  const auto lines = split_lines(source.uncommented);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto include = trim(code[i]).starts_with('#') ? read_include(lines[i]) : std::nullopt;
    std::string fault = include ? judge(*layer, *include, is_unit_test(file.path)) : std::string{};
    if (!fault.empty()) {
      found.push_back({file.path, i + 1, "layering", std::move(fault)});
    }
  }
  return found;
}

/// The quoted text that begins at or after `at`, if only blanks and an opening parenthesis stand between.
std::optional<std::string_view> specifier_at(std::string_view text, std::size_t at) {
  at = skip_space(text, at);
  if (at < text.size() && text[at] == '(') {
    at = skip_space(text, at + 1);
  }
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) {
    return std::nullopt;
  }
  const std::size_t end = text.find(text[at], at + 1);
  return end == std::string_view::npos ? std::nullopt : std::optional(text.substr(at + 1, end - at - 1));
}

std::string judge_import(std::string_view importer, std::string_view specifier) {
  const bool rooted = specifier.starts_with('/');
  if (!rooted && !specifier.starts_with('.')) {
    return {};
  }
  const std::string_view folder = importer.substr(0, importer.rfind('/') + 1);
  const std::string target = normalise(std::string(folder) + std::string(specifier));
  if (!rooted && (is_under(target, "web/src") || is_under(target, "build/wasm"))) {
    return {};
  }
  return "web/src may import packages and its own files, not \"" + std::string(specifier) +
         "\"; the core reaches the app only as the built module";
}

Findings check_imports(const File& file) {
  Findings found;
  const Source source = read_source(file.text, Language::typescript);
  for (const std::string_view keyword : {"import", "from"}) {
    std::size_t at = find_word(source.code, keyword);
    for (; at != std::string::npos; at = find_word(source.code, keyword, at + 1)) {
      const auto specifier = specifier_at(source.uncommented, at + keyword.size());
      std::string fault = specifier ? judge_import(file.path, *specifier) : std::string{};
      if (!fault.empty()) {
        found.push_back({file.path, line_of(file.text, at), "layering", std::move(fault)});
      }
    }
  }
  return found;
}

/// Depth-first search for a row that can reach itself.
class CycleSearch {
 public:
  explicit CycleSearch(std::span<const Layer> rows) : rows_(rows) {}

  bool reaches(const Layer& from, const Layer& goal) {
    for (const Layer& next : rows_) {
      const bool edge = &next != &from && from.may_include != "*" && covers(from.may_include, next.folder);
      if (edge && (&next == &goal || (seen_.insert(&next).second && reaches(next, goal)))) {
        return true;
      }
    }
    return false;
  }

 private:
  std::span<const Layer> rows_;
  std::set<const Layer*> seen_;
};

}  // namespace

std::span<const Layer> layers() {
  return table;
}

Findings check_table(std::span<const Layer> rows) {
  Findings found;
  for (const Layer& layer : rows) {
    if (CycleSearch(rows).reaches(layer, layer)) {
      found.push_back({"tools/tidy/layers.cpp", 1, "layering",
                       "the table lets " + std::string(layer.folder) + " include itself through other folders; " +
                           "take one direction out of the circle"});
    }
  }
  return found;
}

Findings check_layering(const File& file) {
  if (language_of(file.path) == Language::cpp && !is_data(file.path)) {
    return check_includes(file);
  }
  const bool app = language_of(file.path) == Language::typescript && is_under(file.path, "web/src");
  return app ? check_imports(file) : Findings{};
}

}  // namespace skypod::tidy
