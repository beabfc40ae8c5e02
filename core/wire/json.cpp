#include "core/wire/json.hpp"

#include <charconv>
#include <cmath>
#include <utility>
#include <vector>

#include "base/utf8.hpp"
#include "core/wire/long_strings.hpp"

namespace skypod::wire {
namespace {

enum class Rules { strict, lenient };

/// Receives nlohmann's parse events and builds the value; answers false, which ends the parse, at the first broken
/// rule.
class Builder {
 public:
  using number_integer_t = Json::number_integer_t;
  using number_unsigned_t = Json::number_unsigned_t;
  using number_float_t = Json::number_float_t;
  using string_t = Json::string_t;
  using binary_t = Json::binary_t;

  /// `long_strings`: what was cut out of the text.
  Builder(const LongStrings& long_strings, Rules rules) : long_strings_(long_strings), rules_(rules) {}

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(number_integer_t value) { return add(value); }
  bool number_unsigned(number_unsigned_t value) { return add(value); }
  bool number_float(number_float_t value, const string_t&) { return std::isfinite(value) && add(value); }
  bool string(string_t& value) { return restore(value) && add(std::move(value)); }
  bool binary(binary_t&) { return false; }  // JSON has none
  bool start_object(std::size_t) { return open(Json::object()); }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_array() { return close(); }

  bool key(string_t& name) {
    if (skipped_ > 0) {
      return true;
    }
    if (!restore(name) || (rules_ == Rules::strict && open_.back()->contains(name))) {
      return false;
    }
    key_ = std::move(name);
    return true;
  }

  template <class Error>
  bool parse_error(std::size_t, const std::string&, const Error&) {
    return false;
  }

  Json take() { return std::move(root_); }

 private:
  /// Makes it what stood in the text; false if that is not UTF-8.
  bool restore(std::string& parsed) const {
    long_strings_.restore(parsed);
    return is_utf8(parsed);
  }

  /// Puts a value where the parse stands and says where it now lives.
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& container = *open_.back();
    if (container.is_array()) {
      container.push_back(std::move(value));
      return &container.back();
    }
    Json& member = container[key_];
    member = std::move(value);
    return &member;
  }

  bool add(Json value) {
    if (skipped_ == 0) {
      place(std::move(value));
    }
    return true;
  }

  bool open(Json container) {
    if (open_.size() < json_depth_max) {
      open_.push_back(place(std::move(container)));
      return true;
    }
    if (rules_ == Rules::strict) {
      return false;
    }
    add(nullptr);
    ++skipped_;
    return true;
  }

  bool close() {
    if (skipped_ > 0) {
      --skipped_;
    } else {
      open_.pop_back();
    }
    return true;
  }

  const LongStrings& long_strings_;
  const Rules rules_;
  Json root_;
  std::vector<Json*> open_;  // the containers around the parse, outermost first
  std::string key_;
  std::size_t skipped_ = 0;  // containers around the parse that are too deep to keep
};

std::optional<Json> parse(std::string_view text, Rules rules) {
  const bool holds_nul = text.find('\0') != std::string_view::npos;  // the library takes it for the end of input
  if (holds_nul) {
    return std::nullopt;
  }
  const LongStrings long_strings(text);
  Builder builder(long_strings, rules);
  const std::string_view cut = long_strings.text();
  if (!Json::sax_parse(cut.data(), cut.data() + cut.size(), &builder)) {
    return std::nullopt;
  }
  return builder.take();
}

/// The code unit of the "\uXXXX" at the start of a text; -1 if none stands there.
int escaped_unit(std::string_view text) {
  unsigned unit = 0;
  if (text.size() < 6 || !text.starts_with("\\u")) {
    return -1;
  }
  const auto read = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return read.ptr == text.data() + 6 ? static_cast<int>(unit) : -1;
}

bool is_surrogate(int unit, int first) {
  return unit >= first && unit < first + 0x400;
}

/// JSON text in which each escaped surrogate without its other half is an escaped U+FFFD; of the same length.
std::string pair_surrogates(std::string_view text) {
  std::string paired(text);
  std::size_t at = paired.find('\\');
  while (at != std::string::npos) {
    const int unit = escaped_unit(std::string_view(paired).substr(at));
    std::size_t length = unit < 0 ? 2 : 6;
    if (is_surrogate(unit, 0xd800) && is_surrogate(escaped_unit(std::string_view(paired).substr(at + 6)), 0xdc00)) {
      length = 12;
    } else if (is_surrogate(unit, 0xd800) || is_surrogate(unit, 0xdc00)) {
      paired.replace(at, 6, "\\ufffd");
    }
    at = paired.find('\\', at + length);
  }
  return paired;
}

std::string print(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// As print() does, but with strings that need no escaping copied as a whole.
void append_json(std::string& out, const Json& value) {
  auto separate = [&out, is_first = true](char opening) mutable {
    out += std::exchange(is_first, false) ? opening : ',';
  };
  if (value.is_string() && is_plain(value.get_ref<const std::string&>())) {
    out.append("\"").append(value.get_ref<const std::string&>()).append("\"");
  } else if (value.is_object() && !value.empty()) {
    for (const auto& [name, member] : value.items()) {
      separate('{');
      append_json(out, name);
      out += ':';
      append_json(out, member);
    }
    out += '}';
  } else if (value.is_array() && !value.empty()) {
    for (const Json& element : value) {
      separate('[');
      append_json(out, element);
    }
    out += ']';
  } else {
    out += print(value);
  }
}

}  // namespace

std::optional<Json> parse_json(std::string_view text) {
  return parse(text, Rules::strict);
}

std::optional<Json> parse_foreign_json(std::string_view text) {
  const bool has_surrogates =
      text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos;
  return has_surrogates ? parse(pair_surrogates(text), Rules::lenient) : parse(text, Rules::lenient);
}

std::string to_json(const Json& value) {
  std::string out;
  append_json(out, value);
  return out;
}

Bytes to_cbor(const Json& value) {
  Bytes out;
  Json::to_cbor(value, out);
  return out;
}

Json binary(BytesView bytes) {
  const auto* const first = reinterpret_cast<const std::uint8_t*>(bytes.data());  // of its type: copied as a whole
  return Json::binary(std::vector<std::uint8_t>(first, first + bytes.size()));
}

Bytes binary_bytes(const Json& value) {
  if (!value.is_binary()) {
    return {};
  }
  const auto& octets = value.get_binary();
  return Bytes(reinterpret_cast<const char*>(octets.data()), octets.size());
}

}  // namespace skypod::wire
