// What happens on the realm, told to people a line at a time: what `skypod peer` and `skypod watch` print.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/wire/json.hpp"

namespace skypod::cli {

/// Turns events (peer/lines.hpp) into lines, and says only what has changed.
class EventLines {
 public:
  /// The lines for one event, without their ends; often none.
  std::vector<std::string> take(const std::string& event, const wire::Json& dat);

 private:
  std::vector<std::string> on_device(const wire::Json& dat);
  std::vector<std::string> on_peers(const wire::Json& dat);
  std::string on_problem(const std::string& problem);

  std::string server_;
  std::string link_;
  std::string problem_;
  wire::Json members_ = wire::Json::array();
  std::map<std::string, std::string> states_;  // of the other members, as last said
};

}  // namespace skypod::cli
