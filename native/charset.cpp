#include "native/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/utf8.hpp"
#include "core/feed/html_entities.hpp"
#include "core/feed/html_text.hpp"

namespace skypod {
namespace {

constexpr std::string_view utf8_mark = "\xef\xbb\xbf";
constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD
constexpr std::size_t declaration_max = 1024;             // octets that may hold the XML declaration
constexpr std::size_t meta_max = 8192;                    // octets that may hold HTML's

struct Label {
  std::string_view name;  // as declared, lower case
  const char* converter;  // as iconv calls it
};

// Only these reach iconv: the name comes from strangers, and some of the C library's converters have had holes.
constexpr std::array labels = std::to_array<Label>({
    {"ascii", "CP1252"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"cp1250", "CP1250"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp866", "CP866"},
    {"euc-jp", "EUC-JP"},
    {"euc-kr", "CP949"},
    {"gb18030", "GB18030"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"ibm866", "CP866"},
    {"iso-2022-jp", "ISO-2022-JP"},
    {"iso-8859-1", "CP1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"ks_c_5601-1987", "CP949"},
    {"latin1", "CP1252"},
    {"macintosh", "MACINTOSH"},
    {"shift-jis", "CP932"},
    {"shift_jis", "CP932"},
    {"tis-620", "CP874"},
    {"us-ascii", "CP1252"},
    {"utf-16", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"utf-16le", "UTF-16LE"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1252", "CP1252"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"windows-31j", "CP932"},
    {"windows-874", "CP874"},
    {"x-sjis", "CP932"},
});

/// Owns an iconv descriptor.
class Converter {
 public:
  explicit Converter(const char* from) : handle_(iconv_open("UTF-8", from)) {}
  ~Converter() {
    if (usable()) iconv_close(handle_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  bool usable() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  /// Converts all of it; each octet that cannot be read becomes U+FFFD.
  std::string convert(std::string_view text) const {
    std::string out;
    std::string input(text);
    char* from = input.data();
    std::size_t left = input.size();
    std::array<char, 16'384> buffer{};
    while (left > 0) {
      char* to = buffer.data();
      std::size_t room = buffer.size();
      const std::size_t answer = iconv(handle_, &from, &left, &to, &room);
      const int reason = errno;
      out.append(buffer.data(), buffer.size() - room);
      if (answer == static_cast<std::size_t>(-1) && reason != E2BIG) {
        out += replacement;
        ++from;
        --left;
      }
    }
    return out;
  }

 private:
  iconv_t handle_;
};

const char* converter_for(std::string_view label) {
  const std::string lower = feed::to_lower(feed::trim(label));
  const auto* found = std::ranges::find(labels, lower, &Label::name);
  return found == labels.end() ? nullptr : found->converter;
}

/// The encoding that a page's <meta> names, in either of its two forms.
std::string_view meta_encoding(std::string_view document) {
  const std::string_view head = document.substr(0, meta_max);
  for (std::size_t at = head.find("<meta"); at != std::string_view::npos; at = head.find("<meta", at + 1)) {
    const std::string_view tag = head.substr(at, head.find('>', at) - at);
    const std::size_t name = tag.find("charset");
    const std::size_t value = name == std::string_view::npos ? name : tag.find_first_not_of(" =\"'", name + 7);
    if (value != std::string_view::npos) return tag.substr(value, tag.find_first_of(" \"';/", value) - value);
  }
  return {};
}

/// The encoding in the XML declaration, or else in HTML's <meta>, if the document is in something like ASCII.
std::string_view declared_encoding(std::string_view document) {
  const std::string_view head = document.substr(0, declaration_max);
  const std::size_t start = head.find("<?xml");
  const std::string_view declaration = head.substr(0, head.find("?>"));
  const std::size_t name = start == std::string_view::npos ? start : declaration.find("encoding", start);
  if (name == std::string_view::npos) return start == std::string_view::npos ? meta_encoding(document) : "";
  const std::size_t open = declaration.find_first_of("\"'", name);
  if (open == std::string_view::npos) return {};
  const std::size_t close = declaration.find(declaration[open], open + 1);
  return close == std::string_view::npos ? std::string_view() : declaration.substr(open + 1, close - open - 1);
}

/// UTF-16 and UTF-32 by mark, or by the zeros around the first "<" or "{"; nullptr for all others.
const char* wide_encoding(std::string_view document, std::size_t& mark) {
  using namespace std::string_view_literals;
  struct Start {
    std::string_view octets;
    const char* converter;
    std::size_t mark;
  };
  constexpr std::array starts = std::to_array<Start>({
      {"\xff\xfe\0\0"sv, "UTF-32LE", 4},
      {"\0\0\xfe\xff"sv, "UTF-32BE", 4},
      {"\xff\xfe"sv, "UTF-16LE", 2},
      {"\xfe\xff"sv, "UTF-16BE", 2},
      {"<\0\0\0"sv, "UTF-32LE", 0},
      {"\0\0\0<"sv, "UTF-32BE", 0},
      {"<\0"sv, "UTF-16LE", 0},
      {"\0<"sv, "UTF-16BE", 0},
      {"{\0"sv, "UTF-16LE", 0},
      {"\0{"sv, "UTF-16BE", 0},
  });
  for (const Start& start : starts) {
    if (document.starts_with(start.octets)) {
      mark = start.mark;
      return start.converter;
    }
  }
  return nullptr;
}

/// Nearly valid UTF-8: keeps what is valid, reads the rest as windows-1252.
std::string mend_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    std::size_t length = 1;
    while (length <= 4 && length <= text.size() && !is_utf8(text.substr(0, length))) ++length;
    if (length <= 4 && length <= text.size()) {
      out += text.substr(0, length);
    } else {
      length = 1;
      const std::string number = "&#" + std::to_string(static_cast<unsigned char>(text[0])) + ";";
      out += feed::decode_references(number);
    }
    text.remove_prefix(length);
  }
  return out;
}

/// U+0080 to U+009F are no characters that anyone writes: they are windows-1252 that somebody took for Latin-1 before
/// encoding it.
std::string mend_controls(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t plain = std::min(text.find('\xc2'), text.size());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto second = text.size() > 1 ? static_cast<unsigned char>(text[1]) : 0xffU;
    out += second < 0xa0 ? feed::decode_references("&#" + std::to_string(second) + ";") : text.substr(0, 2);
    text.remove_prefix(std::min<std::size_t>(2, text.size()));
  }
  return out;
}

std::string convert(std::string_view document, const char* encoding) {
  const Converter converter(encoding);
  return converter.usable() ? converter.convert(document) : mend_utf8(document);
}

/// True if U+0080 to U+009F are in UTF-8 text.
bool has_controls(std::string_view text) {
  for (std::size_t at = text.find('\xc2'); at != text.npos && at + 1 < text.size(); at = text.find('\xc2', at + 2)) {
    if ((text[at + 1] & 0x60) == 0) return true;
  }
  return false;
}

/// What is not UTF-8 without further ado.
std::string decode(std::string_view document, std::string_view label, std::string_view declared) {
  if (label == "utf-8" || label == "utf8") return mend_utf8(document);
  const char* encoding = converter_for(label);
  if (encoding == nullptr) encoding = converter_for(declared);
  return convert(document, encoding == nullptr ? "CP1252" : encoding);
}

/// The text before controls are mended: a part of `document`, or else of `storage`.
std::string_view as_any_utf8(std::string_view document, std::string_view http_charset, std::string& storage) {
  if (document.starts_with(utf8_mark)) {
    document.remove_prefix(utf8_mark.size());
    return is_utf8(document) ? document : storage = mend_utf8(document);
  }
  std::size_t mark = 0;
  if (const char* wide = wide_encoding(document, mark)) return storage = convert(document.substr(mark), wide);
  const std::string_view declared = declared_encoding(document);
  const std::string http = feed::to_lower(feed::trim(http_charset));
  const std::string label = http.empty() || http == "us-ascii" ? feed::to_lower(feed::trim(declared)) : http;
  const bool escapes = label == "iso-2022-jp";  // ASCII octets that are not ASCII text
  if (!escapes && is_utf8(document)) return document;
  return storage = decode(document, label, declared);
}

}  // namespace

std::string_view as_utf8(std::string_view document, std::string_view http_charset, std::string& storage) {
  const std::string_view text = as_any_utf8(document, http_charset, storage);
  return has_controls(text) ? storage = mend_controls(text) : text;
}

std::string to_utf8(std::string_view document, std::string_view http_charset) {
  std::string storage;
  const std::string_view text = as_utf8(document, http_charset, storage);
  return text.data() == storage.data() ? std::move(storage) : std::string(text);
}

std::string_view charset_of(std::string_view content_type) {
  const std::string lower = feed::to_lower(content_type);
  const std::size_t at = lower.find("charset=");
  if (at == std::string::npos) return {};
  std::string_view value = content_type.substr(at + 8);
  value = feed::trim(value.substr(0, value.find(';')));
  if (value.starts_with('"') || value.starts_with('\'')) value.remove_prefix(1);
  if (value.ends_with('"') || value.ends_with('\'')) value.remove_suffix(1);
  return value;
}

}  // namespace skypod
