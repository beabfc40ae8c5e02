#include "peer/lines.hpp"

#include "core/wire/fields.hpp"

namespace skypod::peer {
namespace {

using wire::Json;

constexpr std::size_t name_max = 64;

std::string as_line(const Json& object) {
  return wire::to_json(object) + "\n";
}

}  // namespace

Result<Request, core::Error> read_request(std::string_view line) {
  const auto refusal = [](std::string why) {
    return unexpected(core::Error{core::ErrorCode::bad_input, "That line is no command: " + std::move(why) + "."});
  };
  const auto object = wire::parse_json(line);
  if (!object || !object->is_object()) {
    return refusal("it is no JSON object");
  }
  wire::Fields fields(*object);
  Request request{.id = fields.integer("id", 0, INT64_MAX), .name = fields.text("name", name_max), .args = {}};
  request.args = object->contains("args") ? fields.object("args") : Json::object();
  if (!fields.ok()) {
    return refusal(fields.problem());
  }
  return request;
}

std::string event_line(const std::string& event, const Json& dat) {
  return as_line({{"event", event}, {"dat", dat}});
}

std::string reply_line(std::int64_t id, const core::Answer& answer) {
  return answer ? as_line({{"reply", id}, {"ok", *answer}})
                : as_line({{"reply", id}, {"error", wire::error_to_json(answer.error())}});
}

std::string refusal_line(const core::Error& error) {
  return as_line({{"reply", nullptr}, {"error", wire::error_to_json(error)}});
}

}  // namespace skypod::peer
