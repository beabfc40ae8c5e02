#include "cli/people.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <vector>

#include "cli/failure.hpp"

namespace skypod::cli {
namespace {

using wire::Json;

std::string lower(std::string_view text) {
  std::string copy(text);
  for (char& letter : copy) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return copy;
}

std::string everybody(const Json& members) {
  std::string names;
  for (const Json& member : members) {
    if (member.value("self", false)) continue;
    names += (names.empty() ? "" : ", ") + called(members, member.value("id", ""));
  }
  return names.empty() ? "there is no other device in the realm" : "there are: " + names;
}

}  // namespace

std::string short_id(const std::string& id) {
  return id.size() < 8 ? id : id.substr(0, 4) + " " + id.substr(4, 4);
}

std::string called(const Json& members, const std::string& id) {
  for (const Json& member : members) {
    const std::string name = member.value("name", "");
    if (member.value("id", "") == id && !name.empty()) return printable(name) + " (" + short_id(id) + ")";
  }
  return short_id(id);
}

std::string find_member(const Json& members, std::string_view text) {
  std::string compact(text);
  std::erase(compact, ' ');
  std::vector<std::string> found;
  for (const Json& member : members) {
    if (member.value("self", false)) continue;
    const std::string id = member.value("id", "");
    if (id == compact) return id;
    const bool begins = compact.size() >= id_prefix_min && id.starts_with(compact);
    if (begins || lower(member.value("name", "")) == lower(text)) found.push_back(id);
  }
  if (found.size() != 1) {
    throw Failure{failed, "\"" + printable(text) +
                              (found.empty() ? "\" is no other device" : "\" is more than one device") +
                              " of this realm; " + everybody(members)};
  }
  return found.front();
}

std::string standing_of(const Json& member) {
  const std::string state = member.value("state", "");
  const std::string rung = member.value("rung", "");
  if (rung == "relay") return "connected through the server";
  if (state == "connected") return rung == "turn" ? "connected through TURN" : "connected directly";
  if (state == "connecting" || state == "reconnecting") return state;
  return member.value("online", false) ? "online" : "offline";
}

std::string local_time(std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  localtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M", &parts);
  return text.data();
}

std::string printable(std::string_view text) {
  std::string copy(text);
  for (std::size_t i = 0; i < copy.size(); ++i) {
    const auto octet = static_cast<unsigned char>(copy[i]);
    const bool is_c1 = octet == 0xc2 && i + 1 < copy.size() && static_cast<unsigned char>(copy[i + 1]) < 0xa0;
    if (octet < 0x20 || octet == 0x7f || is_c1) copy[i] = ' ';
    if (is_c1) copy[i + 1] = ' ';
  }
  return copy;
}

}  // namespace skypod::cli
