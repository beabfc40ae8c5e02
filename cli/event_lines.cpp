#include "cli/event_lines.hpp"

#include <utility>

#include "cli/people.hpp"

namespace skypod::cli {
namespace {

using wire::Json;
using Lines = std::vector<std::string>;

}  // namespace

Lines EventLines::take(const std::string& event, const Json& dat) {
  if (event == "host.ready") {
    server_ = dat.value("server", "");
    return {"this is " + short_id(dat.value("id", "")) + ", with " + server_ + ", in " + dat.value("data", "")};
  }
  if (event == "device") return on_device(dat);
  if (event == "peers") return on_peers(dat);
  if (event == "message") {
    const char* way = dat.value("mode", "") == "relay" ? " (relayed): " : ": ";
    return {called(members_, dat.value("from", "")) + way + printable(dat.value("text", ""))};
  }
  if (event == "notice") return {printable(dat.value("text", ""))};
  if (event != "host.link") return {};
  const std::string line = on_problem(dat.value("problem", ""));
  return line.empty() ? Lines() : Lines{line};
}

/// Says a problem once, however often it is met.
std::string EventLines::on_problem(const std::string& problem) {
  const bool is_new = !problem.empty() && problem != problem_;
  if (!problem.empty()) problem_ = problem;
  return is_new ? "no link: " + printable(problem) : "";
}

Lines EventLines::on_device(const Json& dat) {
  const bool has_realm = dat.value("realm", Json()).is_string();
  const std::string link = has_realm ? dat.value("link", "") : "no realm";
  if (std::exchange(link_, link) == link) return {};
  if (!has_realm) return {"in no realm yet; run skypod realm create or skypod realm join on the same directory"};
  if (link == "refused") return {"refused by the server: " + printable(dat.value("reason", ""))};
  if (link != "online") return {};
  problem_.clear();
  return {"online as " + printable(dat.value("name", ""))};
}

Lines EventLines::on_peers(const Json& dat) {
  members_ = dat.value("peers", Json::array());
  Lines lines;
  std::map<std::string, std::string> states;
  for (const Json& member : members_) {
    if (member.value("self", false)) continue;
    const std::string id = member.value("id", "");
    const std::string state = standing_of(member);
    states[id] = state;
    const auto before = states_.find(id);
    if (before == states_.end() || before->second != state) lines.push_back(called(members_, id) + " is " + state);
  }
  for (const auto& [id, state] : states_) {
    if (!states.contains(id)) lines.push_back(short_id(id) + " is no longer in the realm");
  }
  states_ = std::move(states);
  return lines;
}

}  // namespace skypod::cli
