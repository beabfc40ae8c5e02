#include "tools/tidy/sans_io.hpp"

#include <algorithm>
#include <array>

#include "tools/tidy/paths.hpp"
#include "tools/tidy/source.hpp"
#include "tools/tidy/text.hpp"

namespace skypod::tidy {
namespace {

enum class Use {
  anywhere,   // the word alone is enough
  standard,   // after std::
  call,       // a call of the C library: not a member, not another namespace's, not a declaration
  qualified,  // only as ::name( or std::name(, because the bare word is a good name for a member
};

struct Ban {
  std::string_view word;
  Use use;
  std::string_view reaches;
};

constexpr std::array<Ban, 56> bans = {{
    {"system_clock", Use::anywhere, "a clock"},
    {"steady_clock", Use::anywhere, "a clock"},
    {"high_resolution_clock", Use::anywhere, "a clock"},
    {"utc_clock", Use::anywhere, "a clock"},
    {"tai_clock", Use::anywhere, "a clock"},
    {"gps_clock", Use::anywhere, "a clock"},
    {"file_clock", Use::anywhere, "a clock"},
    {"time", Use::call, "a clock"},
    {"clock", Use::qualified, "a clock"},
    {"gettimeofday", Use::call, "a clock"},
    {"clock_gettime", Use::call, "a clock"},
    {"timespec_get", Use::call, "a clock"},
    {"localtime", Use::call, "the environment"},
    {"localtime_r", Use::call, "the environment"},
    {"mktime", Use::call, "the environment"},
    {"getenv", Use::call, "the environment"},
    {"secure_getenv", Use::call, "the environment"},
    {"setenv", Use::call, "the environment"},
    {"putenv", Use::call, "the environment"},
    {"setlocale", Use::call, "the environment"},
    {"rand", Use::call, "randomness"},
    {"srand", Use::call, "randomness"},
    {"rand_r", Use::call, "randomness"},
    {"arc4random", Use::call, "randomness"},
    {"getrandom", Use::call, "randomness"},
    {"getentropy", Use::call, "randomness"},
    {"random", Use::qualified, "randomness"},
    {"random_device", Use::anywhere, "randomness"},
    {"thread", Use::standard, "a thread"},
    {"jthread", Use::standard, "a thread"},
    {"this_thread", Use::standard, "a thread"},
    {"async", Use::standard, "a thread"},
    {"mutex", Use::standard, "a thread"},
    {"recursive_mutex", Use::standard, "a thread"},
    {"shared_mutex", Use::standard, "a thread"},
    {"timed_mutex", Use::standard, "a thread"},
    {"condition_variable", Use::standard, "a thread"},
    {"fork", Use::qualified, "a process"},
    {"system", Use::call, "a process"},
    {"popen", Use::call, "a process"},
    {"sleep", Use::call, "a clock"},
    {"usleep", Use::call, "a clock"},
    {"nanosleep", Use::call, "a clock"},
    {"fopen", Use::call, "a file"},
    {"freopen", Use::call, "a file"},
    {"tmpfile", Use::call, "a file"},
    {"fdopen", Use::call, "a file"},
    {"openat", Use::call, "a file"},
    {"creat", Use::call, "a file"},
    {"open", Use::qualified, "a file"},
    {"read", Use::qualified, "a file"},
    {"write", Use::qualified, "a file"},
    {"socket", Use::qualified, "the network"},
    {"connect", Use::qualified, "the network"},
    {"getaddrinfo", Use::call, "the network"},
    {"gethostbyname", Use::call, "the network"},
}};

/// Words that may stand before a call without making it a declaration.
constexpr std::array<std::string_view, 11> not_a_type = {"return", "co_return", "co_await", "co_yield", "else", "do",
                                                         "throw",  "case",      "and",      "or",       "not"};

/// What is written before the word, up to what matters for the question who the word belongs to.
struct Place {
  std::string_view before;  // trimmed
  bool touching;            // no blank between

  bool is_member() const { return before.ends_with('.') || before.ends_with("->"); }

  bool is_qualified() const { return before.ends_with("::"); }

  /// The namespace before "::", empty for the global one.
  std::string_view scope() const {
    const std::string_view rest = before.substr(0, before.size() - 2);
    const std::string_view name = word_before(rest, rest.size());
    return not_a_name(name) ? std::string_view{} : name;
  }

  /// `Type name(` or `Type& name(`: a declaration of something that merely has this name.
  bool is_declaration() const {
    const std::string_view name = word_before(before, before.size());
    if (!name.empty()) {
      return !not_a_name(name);
    }
    const std::size_t mark = before.find_last_not_of("&*");
    const bool has_mark = mark != std::string_view::npos && mark + 1 < before.size();
    return before.ends_with('>') || (has_mark && !touching && (is_word(before[mark]) || before[mark] == '>'));
  }

 private:
  static bool not_a_name(std::string_view word) { return std::ranges::find(not_a_type, word) != not_a_type.end(); }
};

bool is_call(std::string_view code, std::size_t end) {
  const std::size_t next = skip_space(code, end);
  return next < code.size() && code[next] == '(';
}

bool breaks(const Ban& ban, std::string_view code, std::size_t at) {
  const Place place{trim(code.substr(0, at)), at > 0 && !is_space(code[at - 1])};
  const std::string_view scope = place.is_qualified() ? place.scope() : std::string_view{};
  const bool library = place.is_qualified() && (scope.empty() || scope == "std");
  switch (ban.use) {
    case Use::anywhere:
      return true;
    case Use::standard:
      return library && scope == "std";
    case Use::qualified:
      return library && is_call(code, at + ban.word.size());
    case Use::call:
      break;
  }
  const bool bare = !place.is_qualified() && !place.is_member() && !place.is_declaration();
  return (library || bare) && is_call(code, at + ban.word.size());
}

}  // namespace

Findings check_sans_io(const File& file) {
  const bool pure = top_folder(file.path) == "base" || top_folder(file.path) == "core";
  if (!pure || language_of(file.path) != Language::cpp) {
    return {};
  }
  Findings found;
  const Source source = read_source(file.text, Language::cpp);
  for (const Ban& ban : bans) {
    std::size_t at = find_word(source.code, ban.word);
    for (; at != std::string::npos; at = find_word(source.code, ban.word, at + 1)) {
      if (breaks(ban, source.code, at)) {
        found.push_back({file.path, line_of(file.text, at), "sans-io",
                         "`" + std::string(ban.word) + "` reaches " + std::string(ban.reaches) + ", which " +
                             std::string(top_folder(file.path)) +
                             "/ never does; take the value as an input or ask the " + "host through core/ports.hpp"});
      }
    }
  }
  return found;
}

}  // namespace skypod::tidy
