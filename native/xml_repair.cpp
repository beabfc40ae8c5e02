#include "native/xml_repair.hpp"

#include <algorithm>
#include <vector>

#include "core/feed/html_entities.hpp"

namespace skypod {
namespace {

constexpr std::size_t open_max = 256;
constexpr std::size_t attributes_max = 64;  // of one element; more are dropped

bool is_space(char octet) {
  return octet == ' ' || octet == '\t' || octet == '\n' || octet == '\r';
}

bool begins_name(char octet) {
  return (octet >= 'a' && octet <= 'z') || (octet >= 'A' && octet <= 'Z') || octet == '_' ||
         static_cast<unsigned char>(octet) >= 0x80;
}

bool continues_name(char octet) {
  return begins_name(octet) || (octet >= '0' && octet <= '9') || octet == '-' || octet == '.' || octet == ':';
}

/// XML 1.0 section 2.2: neither most control characters nor U+FFFE and U+FFFF.
std::size_t forbidden_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x20) return is_space(text[0]) ? 0 : 1;
  return text.starts_with("\xef\xbf\xbe") || text.starts_with("\xef\xbf\xbf") ? 3 : 0;
}

class Repairer {
 public:
  explicit Repairer(std::string_view text) : rest_(text) { out_.reserve(text.size() + text.size() / 16); }

  std::string run() {
    while (!rest_.empty() && !ended_) {
      if (rest_[0] == '<') {
        markup();
      } else {
        character_data();
      }
    }
    return std::move(out_);
  }

 private:
  /// Text up to the next "<", or all that is left.
  void character_data() {
    const std::size_t end = std::min(rest_.find('<'), rest_.size());
    if (!open_.empty()) append_text(rest_.substr(0, end), true);
    rest_.remove_prefix(end);
  }

  /// Copies text as XML text. References are kept if `decode`; in CDATA an "&" is just that.
  void append_text(std::string_view text, bool decode) {
    while (!text.empty()) {
      std::size_t plain = 0;
      while (plain < text.size() && is_plain(text[plain])) ++plain;
      out_ += text.substr(0, plain);
      text.remove_prefix(plain);
      if (!text.empty()) text.remove_prefix(append_special(text, decode));
    }
  }

  static bool is_plain(char octet) {
    const auto value = static_cast<unsigned char>(octet);
    return value >= 0x20 && octet != '&' && octet != '<' && octet != '>' && octet != '"' && value != 0xef;
  }

  /// Appends what the octets at the front stand for; answers how many.
  std::size_t append_special(std::string_view text, bool decode) {
    if (const std::size_t length = forbidden_length(text); length > 0) return length;
    const auto reference = decode ? feed::read_reference(text) : std::nullopt;
    if (reference) {
      std::string decoded;
      feed::append_utf8(decoded, reference->point);
      feed::append_escaped(out_, decoded);
      return reference->length;
    }
    feed::append_escaped(out_, text.substr(0, 1));
    return 1;
  }

  void markup() {
    if (rest_.starts_with("<!--")) return skip_past("-->", 4);
    if (rest_.starts_with("<![CDATA[")) return cdata();
    if (rest_.starts_with("<?")) return skip_past("?>", 2);
    if (rest_.starts_with("<!")) return skip_doctype();
    if (rest_.starts_with("</") && rest_.size() > 2 && begins_name(rest_[2])) return end_tag();
    if (rest_.size() > 1 && begins_name(rest_[1])) return start_tag();
    if (!open_.empty()) out_ += "&lt;";
    rest_.remove_prefix(1);
  }

  /// Drops everything up to and including `end`; only the opening octets if there is no end.
  void skip_past(std::string_view end, std::size_t opening) {
    const bool hopeless = std::ranges::find(missing_, end) != missing_.end();  // so that many openings cost one search
    const std::size_t at = hopeless ? std::string_view::npos : rest_.find(end, opening);
    if (at == std::string_view::npos && !hopeless) missing_.push_back(end);
    rest_.remove_prefix(at == std::string_view::npos ? opening : at + end.size());
  }

  void cdata() {
    constexpr std::size_t opening = 9;
    const std::size_t end = std::min(rest_.find("]]>", opening), rest_.size());
    if (!open_.empty()) append_text(rest_.substr(opening, end - opening), false);
    rest_.remove_prefix(std::min(end + 3, rest_.size()));
  }

  /// A DOCTYPE with its internal subset, whose declarations may hold ">" in quotes.
  void skip_doctype() {
    constexpr std::string_view end_of_doctype = "<!>";  // a name for missing_; never searched for
    const bool hopeless = std::ranges::find(missing_, end_of_doctype) != missing_.end();
    int brackets = 0;
    char quote = 0;
    std::size_t at = 2;
    for (; at < rest_.size() && !hopeless; ++at) {
      const char octet = rest_[at];
      if (quote != 0) {
        quote = octet == quote ? '\0' : quote;
      } else if (octet == '"' || octet == '\'') {
        quote = octet;
      } else if (octet == '[' || octet == ']') {
        brackets += octet == '[' ? 1 : -1;
      } else if (octet == '>' && brackets <= 0) {
        rest_.remove_prefix(at + 1);
        return;
      }
    }
    missing_.push_back(end_of_doctype);
    rest_.remove_prefix(2);
  }

  std::string_view read_name() {
    std::size_t length = 0;
    while (length < rest_.size() && continues_name(rest_[length])) ++length;
    const std::string_view name = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return name;
  }

  void end_tag() {
    rest_.remove_prefix(2);
    const std::string_view name = read_name();
    const std::size_t end = std::min(rest_.find_first_of("<>"), rest_.size());
    rest_.remove_prefix(end < rest_.size() && rest_[end] == '>' ? end + 1 : end);
    if (std::ranges::find(open_, name) == open_.end()) return;
    while (open_.back() != name) close_innermost();
    close_innermost();
  }

  void close_innermost() {
    out_ += "</";
    out_ += open_.back();
    out_ += '>';
    open_.pop_back();
    ended_ = ended_ || open_.empty();
  }

  void start_tag() {
    rest_.remove_prefix(1);
    const std::string_view name = read_name();
    out_ += '<';
    out_ += name;
    const bool empty = read_attributes();
    out_ += '>';
    open_.push_back(name);
    if (empty) close_innermost();
    ended_ = ended_ || open_.size() >= open_max;
  }

  /// Reads up to and including ">"; true if the element was closed at once ("/>").
  bool read_attributes() {
    seen_.clear();
    bool slash = false;
    while (!rest_.empty() && rest_[0] != '<') {
      const char octet = rest_[0];
      if (octet == '>') {
        rest_.remove_prefix(1);
        return slash;
      }
      if (begins_name(octet)) {
        read_attribute();
        slash = false;
      } else {
        slash = octet == '/' || (slash && is_space(octet));
        rest_.remove_prefix(1);
      }
    }
    return slash;
  }

  void skip_space() {
    while (!rest_.empty() && is_space(rest_[0])) rest_.remove_prefix(1);
  }

  void read_attribute() {
    const std::string_view name = read_name();
    skip_space();
    std::string_view value;
    if (rest_.starts_with('=')) {
      rest_.remove_prefix(1);
      skip_space();
      value = read_value();
    }
    const bool twice = std::ranges::find(seen_, name) != seen_.end();
    if (twice || seen_.size() >= attributes_max) return;
    seen_.push_back(name);
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_text(value, true);
    out_ += '"';
  }

  std::string_view read_value() {
    const char quote = rest_.empty() ? '\0' : rest_[0];
    const bool quoted = quote == '"' || quote == '\'';
    std::size_t end = quoted ? rest_.find(quote, 1) : rest_.find_first_of(" \t\r\n>");
    end = std::min(end, rest_.size());
    const std::string_view value = rest_.substr(quoted ? 1 : 0, end - (quoted ? 1 : 0));
    rest_.remove_prefix(std::min(end + (quoted ? 1 : 0), rest_.size()));
    return value;
  }

  std::string_view rest_;
  std::string out_;
  std::vector<std::string_view> open_;
  std::vector<std::string_view> seen_;     // attributes of this element
  std::vector<std::string_view> missing_;  // ends that were searched for in vain
  bool ended_ = false;                     // the root is closed
};

}  // namespace

std::string repair_xml(std::string_view text) {
  return Repairer(text).run();
}

}  // namespace skypod
