#include "core/wire/fields.hpp"

namespace skypod::wire {
namespace {

const Json null_value;
const Json empty_object = Json::object();
const Json empty_array = Json::array();
constexpr double exact_in_double = 9007199254740992.0;  // 2^53

}  // namespace

std::optional<std::int64_t> whole_number(const Json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    return number <= INT64_MAX ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>();
  }
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    const bool in_range = number >= -exact_in_double && number <= exact_in_double;
    if (in_range && static_cast<double>(static_cast<std::int64_t>(number)) == number) {
      return static_cast<std::int64_t>(number);
    }
  }
  return std::nullopt;
}

Fields::Fields(const Json& object) : object_(object) {
  if (!object.is_object()) {
    problem_ = "The payload must be an object.";
  }
}

const Json* Fields::find(const char* name, bool required) {
  if (!ok()) {
    return nullptr;
  }
  const auto member = object_.find(name);
  if (member == object_.end() || member->is_null()) {
    if (required) fail(name, "is missing");
    return nullptr;
  }
  return &*member;
}

void Fields::fail(const char* name, const std::string& why) {
  if (problem_.empty()) {
    problem_ = std::string("\"") + name + "\" " + why + ".";
  }
}

std::string Fields::text(const char* name, std::size_t max) {
  if (find(name, true) == nullptr) {
    return {};
  }
  std::string value = optional_text(name, max);
  if (ok() && value.empty()) {
    fail(name, "must not be empty");
  }
  return value;
}

std::string Fields::optional_text(const char* name, std::size_t max) {
  const Json* member = find(name, false);
  if (member == nullptr) {
    return {};
  }
  const auto* value = member->get_ptr<const std::string*>();
  if (value == nullptr || value->size() > max) {
    fail(name, "must be a text of at most " + std::to_string(max) + " octets");
    return {};
  }
  return *value;
}

std::int64_t Fields::integer(const char* name, std::int64_t least, std::int64_t most) {
  if (find(name, true) == nullptr) {
    return 0;
  }
  return optional_integer(name, least, most).value_or(0);
}

std::optional<std::int64_t> Fields::optional_integer(const char* name, std::int64_t least, std::int64_t most) {
  const Json* member = find(name, false);
  if (member == nullptr) {
    return std::nullopt;
  }
  const auto value = whole_number(*member);
  if (!value || *value < least || *value > most) {
    fail(name, "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return value;
}

double Fields::number(const char* name, double least, double most) {
  if (find(name, true) == nullptr) {
    return 0;
  }
  return optional_number(name, least, most).value_or(0);
}

std::optional<double> Fields::optional_number(const char* name, double least, double most) {
  const Json* member = find(name, false);
  if (member == nullptr) {
    return std::nullopt;
  }
  const double value = member->is_number() ? member->get<double>() : least - 1;
  if (!(value >= least && value <= most)) {
    fail(name, "must be a number from " + std::to_string(least) + " to " + std::to_string(most));
    return std::nullopt;
  }
  return value;
}

bool Fields::boolean(const char* name, bool fallback) {
  const Json* member = find(name, false);
  if (member == nullptr) {
    return fallback;
  }
  if (!member->is_boolean()) {
    fail(name, "must be true or false");
    return fallback;
  }
  return member->get<bool>();
}

const Json& Fields::object(const char* name) {
  const Json* member = find(name, true);
  if (member != nullptr && !member->is_object()) {
    fail(name, "must be an object");
    member = nullptr;
  }
  return member == nullptr ? empty_object : *member;
}

const Json& Fields::array(const char* name, std::size_t max) {
  const Json* member = find(name, true);
  if (member != nullptr && (!member->is_array() || member->size() > max)) {
    fail(name, "must be a list of at most " + std::to_string(max) + " members");
    member = nullptr;
  }
  return member == nullptr ? empty_array : *member;
}

Bytes Fields::octets(const char* name, std::size_t max) {
  const Json* member = find(name, true);
  if (member == nullptr) {
    return {};
  }
  if (!member->is_binary() || member->get_binary().size() > max) {
    fail(name, "must be a byte string of at most " + std::to_string(max) + " octets");
    return {};
  }
  return binary_bytes(*member);
}

}  // namespace skypod::wire
