#include "rtc/sdp/description.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "rtc/sdp/candidate.hpp"
#include "rtc/sdp/fingerprint.hpp"
#include "rtc/sdp/grammar.hpp"

namespace skypod::rtc::sdp {
namespace {

/// An attribute that may stand at session level, and once more at media level, where it counts for more.
struct Layered {
  std::string session;
  std::string media;

  /// False if it was there already.
  bool set(std::string_view value, bool in_media) {
    std::string& slot = in_media ? media : session;
    const bool first = slot.empty();
    slot = value;
    return first && !value.empty();
  }
  const std::string& value() const { return media.empty() ? session : media; }
};

/// Reads line by line; the first refusal ends it.
class Parser {
 public:
  Result<Description, Refusal> parse(std::string_view text) {
    out_.bundled = false;
    if (text.size() > description_max || std::ranges::count(text, '\n') > static_cast<std::ptrdiff_t>(lines_max)) {
      return unexpected(Refusal::too_long);
    }
    if (!text.starts_with("v=0\r\n") && !text.starts_with("v=0\n")) {
      return unexpected(Refusal::malformed);
    }
    while (!text.empty() && !refusal_) {
      std::string_view line = take_until(text, '\n');
      read_line(line.ends_with('\r') ? line.substr(0, line.size() - 1) : line);
    }
    return finish();
  }

 private:
  void refuse(Refusal why) {
    if (!refusal_) refusal_ = why;
  }

  void require(bool fine, Refusal why) {
    if (!fine) refuse(why);
  }

  void read_line(std::string_view line) {
    const auto control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20; };
    if (line.size() < 2 || line[1] != '=' || line[0] < 'a' || line[0] > 'z' || std::ranges::any_of(line, control)) {
      return refuse(Refusal::malformed);
    }
    const std::string_view value = line.substr(2);
    if (line[0] == 'm') {
      read_media(value);
    } else if (line[0] == 'o') {
      read_origin(value);
    } else if (line[0] == 'a') {
      read_attribute(value);
    }
  }

  void read_origin(std::string_view value) {
    take_until(value, ' ');
    // Versions that do not fit are no reason to refuse: nothing here depends on them.
    out_.session = read_number(take_until(value, ' '), ~std::uint64_t{0}).value_or(0);
    out_.version = read_number(take_until(value, ' '), ~std::uint64_t{0}).value_or(0);
  }

  void read_media(std::string_view value) {
    require(!in_media_, Refusal::more_than_data);
    in_media_ = true;
    const std::string_view kind = take_until(value, ' ');
    const auto port = read_number(take_until(value, ' '), 0xffff);
    const std::string_view protocol = take_until(value, ' ');
    require(kind == "application", Refusal::more_than_data);
    require(port.has_value(), Refusal::malformed);
    const bool sctp = protocol == "UDP/DTLS/SCTP" || protocol == "TCP/DTLS/SCTP";
    require(port.value_or(0) != 0 && sctp && value == "webrtc-datachannel", Refusal::no_data);
  }

  void read_attribute(std::string_view attribute) {
    std::string_view value = attribute;
    const std::string_view name = take_until(value, ':');
    if (name == "ice-ufrag") {
      require(ufrag_.set(value, in_media_), Refusal::no_ice);
    } else if (name == "ice-pwd") {
      require(password_.set(value, in_media_), Refusal::no_ice);
    } else if (name == "setup") {
      require(setup_.set(value, in_media_), Refusal::no_setup);
    } else if (name == "fingerprint") {
      read_fingerprint(value);
    } else if (name == "candidate") {
      keep_candidate(attribute);
    } else if (name == "end-of-candidates") {
      out_.complete = true;
    } else if (name == "group") {
      out_.bundled = out_.bundled || value.starts_with("BUNDLE ");
    } else if (in_media_) {
      read_media_attribute(name, value);
    }
  }

  void read_media_attribute(std::string_view name, std::string_view value) {
    if (name == "mid") {
      require(is_token(value, 32), Refusal::malformed);
      out_.mid = value;
    } else if (name == "sctp-port") {
      require(!sctp_port_, Refusal::malformed);
      sctp_port_ = read_number(value, 0xffff);
      require(sctp_port_.value_or(0) != 0, Refusal::no_sctp);
    } else if (name == "max-message-size") {
      const auto size = read_number(value, ~std::uint64_t{0});
      require(size.has_value(), Refusal::malformed);
      out_.message_max = static_cast<std::size_t>(size.value_or(0));
    } else if (name == "inactive" && value.empty()) {
      refuse(Refusal::no_data);
    }
  }

  void read_fingerprint(std::string_view value) {
    auto& list = in_media_ ? out_.fingerprints : session_fingerprints_;
    require(list.size() < fingerprints_max, Refusal::too_long);
    if (auto fingerprint = parse_fingerprint(value)) {
      list.push_back(std::move(*fingerprint));
    }
  }

  void keep_candidate(std::string_view attribute) {
    if (attribute.size() <= candidate_max && out_.candidates.size() < candidates_max) {
      out_.candidates.emplace_back(attribute);
    }
  }

  void read_setup() {
    const std::string& role = setup_.value();
    require(role == "actpass" || role == "active" || role == "passive", Refusal::no_setup);
    out_.setup = role == "active" ? Setup::active : role == "passive" ? Setup::passive : Setup::actpass;
  }

  Result<Description, Refusal> finish() {
    require(in_media_, Refusal::no_data);
    out_.ufrag = ufrag_.value();
    out_.password = password_.value();
    require(is_ice_text(out_.ufrag, 4, 256) && is_ice_text(out_.password, 22, 256), Refusal::no_ice);
    read_setup();
    if (out_.fingerprints.empty()) {
      out_.fingerprints = std::move(session_fingerprints_);
    }
    require(!out_.fingerprints.empty(), Refusal::no_fingerprint);
    require(sctp_port_.has_value(), Refusal::no_sctp);
    if (refusal_) {
      return unexpected(*refusal_);
    }
    out_.sctp_port = static_cast<std::uint16_t>(*sctp_port_);
    return std::move(out_);
  }

  Description out_;
  std::optional<Refusal> refusal_;
  bool in_media_ = false;
  Layered ufrag_;
  Layered password_;
  Layered setup_;
  std::vector<Fingerprint> session_fingerprints_;
  std::optional<std::uint64_t> sctp_port_;
};

std::string_view name_of(Setup setup) {
  return setup == Setup::active ? "active" : setup == Setup::passive ? "passive" : "actpass";
}

}  // namespace

Result<Description, Refusal> parse_description(std::string_view text) {
  return Parser().parse(text);
}

std::string write_description(const Description& description) {
  std::string out = "v=0\r\no=- " + std::to_string(description.session) + " " + std::to_string(description.version) +
                    " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";
  const auto add = [&](std::string_view name, std::string_view value) {
    out += "a=";
    out += name;
    out += value;
    out += "\r\n";
  };
  if (description.bundled) {
    add("group:BUNDLE ", description.mid);
  }
  out += "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n";
  add("mid:", description.mid);
  add("ice-ufrag:", description.ufrag);
  add("ice-pwd:", description.password);
  add("ice-options:", "trickle");
  for (const Fingerprint& fingerprint : description.fingerprints) {
    add("fingerprint:", write_fingerprint(fingerprint));
  }
  add("setup:", name_of(description.setup));
  add("sctp-port:", std::to_string(description.sctp_port));
  add("max-message-size:", std::to_string(description.message_max));
  for (const std::string& candidate : description.candidates) {
    add("", candidate);
  }
  if (description.complete) {
    add("end-of-candidates", "");
  }
  return out;
}

}  // namespace skypod::rtc::sdp
