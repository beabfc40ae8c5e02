#include "cli/codes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <cstdio>

#include "native/server_address.hpp"

namespace skypod::cli {
namespace {

std::string_view name_of(CodeKind kind) {
  return kind == CodeKind::device ? "device" : "join";
}

/// What people call it, and where it comes from.
std::string_view what_is(CodeKind kind) {
  return kind == CodeKind::device ? "the code of a device that wants to join (skypod realm join shows it)"
                                  : "an invitation (skypod realm invite makes it)";
}

bool is_code_letter(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || std::string_view("_.~-").contains(letter);
}

bool is_code(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_code_letter);
}

std::string without_blanks(std::string_view text) {
  std::string compact;
  std::ranges::copy_if(text, std::back_inserter(compact),
                       [](char letter) { return std::isspace(static_cast<unsigned char>(letter)) == 0; });
  return compact;
}

/// FNV-1a, 32 bits, in hex.
std::string checksum_of(std::string_view text) {
  std::uint32_t hash = 0x811c9dc5;
  for (const char letter : text) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x01000193U;
  std::array<char, 9> hex{};
  std::snprintf(hex.data(), hex.size(), "%08x", hash);
  return hex.data();
}

}  // namespace

std::string tag(CodeKind kind, std::string_view code) {
  return std::string(name_of(kind)) + "=" + std::string(code);
}

std::string link(CodeKind kind, std::string_view code, const std::string& server_url) {
  return server_url + "/#" + tag(kind, code);
}

Result<std::string, std::string> read_code(CodeKind kind, std::string_view text) {
  const std::string compact = without_blanks(text);
  const std::string wanted = "; what is wanted is " + std::string(what_is(kind));
  if (compact.empty()) return unexpected("there is no code" + wanted);
  if (compact.size() > 2 * code_max) return unexpected("the code is too long to be one" + wanted);
  const std::string_view tagged = std::string_view(compact).substr(compact.find('#') + 1);  // 0 where there is none
  for (const CodeKind known : {CodeKind::device, CodeKind::join}) {
    const std::string beginning = tag(known, "");
    if (!tagged.starts_with(beginning) || !is_code(tagged.substr(beginning.size()))) continue;
    if (known != kind) return unexpected("this is " + std::string(what_is(known)) + wanted);
    return std::string(tagged.substr(beginning.size()));
  }
  if (!is_code(compact)) return unexpected("this is no code" + wanted);
  return compact;
}

std::string server_of_link(std::string_view text) {
  const std::string compact = without_blanks(text);
  const auto address = ServerAddress::parse(compact.substr(0, compact.find('#')));
  return compact.contains('#') && address ? address->url() : "";
}

std::vector<std::string> to_frames(std::string_view text) {
  const std::size_t total = (text.size() + chunk_max - 1) / chunk_max;
  const std::size_t size = (text.size() + total - 1) / total;
  const std::string checksum = checksum_of(text);
  std::vector<std::string> frames;
  for (std::size_t i = 0; i < total; ++i) {
    frames.push_back("skypod1 " + std::to_string(i + 1) + "/" + std::to_string(total) + " " + checksum + " " +
                     std::string(text.substr(i * size, size)));
  }
  return frames;
}

}  // namespace skypod::cli
