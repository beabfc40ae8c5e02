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

constexpr const char* iso_2022_jp = "ISO-2022-JP";  // converted here, see euc_of_iso_2022_jp()

struct Label {
  std::string_view name;  // as declared, lower case
  const char* converter;  // as iconv calls it
};

// The labels of the WHATWG Encoding Standard (section 4.2), and a few more that occur: cp936, cp949, tis620, win-1250,
// win-1251. Only these reach iconv: the name comes from strangers, and some of the C library's converters have had
// holes. Where browsers know characters of vendors, a converter is named that knows them as well.
constexpr std::array labels = std::to_array<Label>({
    {"866", "CP866"},
    {"ansi_x3.4-1968", "CP1252"},
    {"arabic", "ISO-8859-6"},
    {"ascii", "CP1252"},
    {"asmo-708", "ISO-8859-6"},
    {"big5", "BIG5-HKSCS"},
    {"big5-hkscs", "BIG5-HKSCS"},
    {"chinese", "GB18030"},
    {"cn-big5", "BIG5-HKSCS"},
    {"cp1250", "CP1250"},
    {"cp1251", "CP1251"},
    {"cp1252", "CP1252"},
    {"cp1253", "CP1253"},
    {"cp1254", "CP1254"},
    {"cp1255", "CP1255"},
    {"cp1256", "CP1256"},
    {"cp1257", "CP1257"},
    {"cp1258", "CP1258"},
    {"cp819", "CP1252"},
    {"cp866", "CP866"},
    {"cp936", "GB18030"},
    {"cp949", "CP949"},
    {"csbig5", "BIG5-HKSCS"},
    {"cseuckr", "CP949"},
    {"cseucpkdfmtjapanese", "EUC-JP-MS"},
    {"csgb2312", "GB18030"},
    {"csibm866", "CP866"},
    {"csiso2022jp", iso_2022_jp},
    {"csiso58gb231280", "GB18030"},
    {"csiso88596e", "ISO-8859-6"},
    {"csiso88596i", "ISO-8859-6"},
    {"csiso88598e", "ISO-8859-8"},
    {"csiso88598i", "ISO-8859-8"},
    {"csisolatin1", "CP1252"},
    {"csisolatin2", "ISO-8859-2"},
    {"csisolatin3", "ISO-8859-3"},
    {"csisolatin4", "ISO-8859-4"},
    {"csisolatin5", "CP1254"},
    {"csisolatin6", "ISO-8859-10"},
    {"csisolatin9", "ISO-8859-15"},
    {"csisolatinarabic", "ISO-8859-6"},
    {"csisolatincyrillic", "ISO-8859-5"},
    {"csisolatingreek", "ISO-8859-7"},
    {"csisolatinhebrew", "ISO-8859-8"},
    {"cskoi8r", "KOI8-R"},
    {"csksc56011987", "CP949"},
    {"csmacintosh", "MACINTOSH"},
    {"csshiftjis", "CP932"},
    {"csunicode", "UTF-16LE"},
    {"cyrillic", "ISO-8859-5"},
    {"dos-874", "CP874"},
    {"ecma-114", "ISO-8859-6"},
    {"ecma-118", "ISO-8859-7"},
    {"elot_928", "ISO-8859-7"},
    {"euc-jp", "EUC-JP-MS"},
    {"euc-kr", "CP949"},
    {"gb18030", "GB18030"},
    {"gb2312", "GB18030"},
    {"gb_2312", "GB18030"},
    {"gb_2312-80", "GB18030"},
    {"gbk", "GB18030"},
    {"greek", "ISO-8859-7"},
    {"greek8", "ISO-8859-7"},
    {"hebrew", "ISO-8859-8"},
    {"ibm819", "CP1252"},
    {"ibm866", "CP866"},
    {"iso-10646-ucs-2", "UTF-16LE"},
    {"iso-2022-jp", iso_2022_jp},
    {"iso-8859-1", "CP1252"},
    {"iso-8859-10", "ISO-8859-10"},
    {"iso-8859-11", "CP874"},
    {"iso-8859-13", "ISO-8859-13"},
    {"iso-8859-14", "ISO-8859-14"},
    {"iso-8859-15", "ISO-8859-15"},
    {"iso-8859-16", "ISO-8859-16"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-6-e", "ISO-8859-6"},
    {"iso-8859-6-i", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-8-e", "ISO-8859-8"},
    {"iso-8859-8-i", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-ir-100", "CP1252"},
    {"iso-ir-101", "ISO-8859-2"},
    {"iso-ir-109", "ISO-8859-3"},
    {"iso-ir-110", "ISO-8859-4"},
    {"iso-ir-126", "ISO-8859-7"},
    {"iso-ir-127", "ISO-8859-6"},
    {"iso-ir-138", "ISO-8859-8"},
    {"iso-ir-144", "ISO-8859-5"},
    {"iso-ir-148", "CP1254"},
    {"iso-ir-149", "CP949"},
    {"iso-ir-157", "ISO-8859-10"},
    {"iso-ir-58", "GB18030"},
    {"iso8859-1", "CP1252"},
    {"iso8859-10", "ISO-8859-10"},
    {"iso8859-11", "CP874"},
    {"iso8859-13", "ISO-8859-13"},
    {"iso8859-14", "ISO-8859-14"},
    {"iso8859-15", "ISO-8859-15"},
    {"iso8859-2", "ISO-8859-2"},
    {"iso8859-3", "ISO-8859-3"},
    {"iso8859-4", "ISO-8859-4"},
    {"iso8859-5", "ISO-8859-5"},
    {"iso8859-6", "ISO-8859-6"},
    {"iso8859-7", "ISO-8859-7"},
    {"iso8859-8", "ISO-8859-8"},
    {"iso8859-9", "CP1254"},
    {"iso88591", "CP1252"},
    {"iso885910", "ISO-8859-10"},
    {"iso885911", "CP874"},
    {"iso885913", "ISO-8859-13"},
    {"iso885914", "ISO-8859-14"},
    {"iso885915", "ISO-8859-15"},
    {"iso88592", "ISO-8859-2"},
    {"iso88593", "ISO-8859-3"},
    {"iso88594", "ISO-8859-4"},
    {"iso88595", "ISO-8859-5"},
    {"iso88596", "ISO-8859-6"},
    {"iso88597", "ISO-8859-7"},
    {"iso88598", "ISO-8859-8"},
    {"iso88599", "CP1254"},
    {"iso_8859-1", "CP1252"},
    {"iso_8859-15", "ISO-8859-15"},
    {"iso_8859-1:1987", "CP1252"},
    {"iso_8859-2", "ISO-8859-2"},
    {"iso_8859-2:1987", "ISO-8859-2"},
    {"iso_8859-3", "ISO-8859-3"},
    {"iso_8859-3:1988", "ISO-8859-3"},
    {"iso_8859-4", "ISO-8859-4"},
    {"iso_8859-4:1988", "ISO-8859-4"},
    {"iso_8859-5", "ISO-8859-5"},
    {"iso_8859-5:1988", "ISO-8859-5"},
    {"iso_8859-6", "ISO-8859-6"},
    {"iso_8859-6:1987", "ISO-8859-6"},
    {"iso_8859-7", "ISO-8859-7"},
    {"iso_8859-7:1987", "ISO-8859-7"},
    {"iso_8859-8", "ISO-8859-8"},
    {"iso_8859-8:1988", "ISO-8859-8"},
    {"iso_8859-9", "CP1254"},
    {"iso_8859-9:1989", "CP1254"},
    {"koi", "KOI8-R"},
    {"koi8", "KOI8-R"},
    {"koi8-r", "KOI8-R"},
    {"koi8-ru", "KOI8-U"},
    {"koi8-u", "KOI8-U"},
    {"koi8_r", "KOI8-R"},
    {"korean", "CP949"},
    {"ks_c_5601-1987", "CP949"},
    {"ks_c_5601-1989", "CP949"},
    {"ksc5601", "CP949"},
    {"ksc_5601", "CP949"},
    {"l1", "CP1252"},
    {"l2", "ISO-8859-2"},
    {"l3", "ISO-8859-3"},
    {"l4", "ISO-8859-4"},
    {"l5", "CP1254"},
    {"l6", "ISO-8859-10"},
    {"l9", "ISO-8859-15"},
    {"latin1", "CP1252"},
    {"latin2", "ISO-8859-2"},
    {"latin3", "ISO-8859-3"},
    {"latin4", "ISO-8859-4"},
    {"latin5", "CP1254"},
    {"latin6", "ISO-8859-10"},
    {"logical", "ISO-8859-8"},
    {"mac", "MACINTOSH"},
    {"macintosh", "MACINTOSH"},
    {"ms932", "CP932"},
    {"ms_kanji", "CP932"},
    {"shift-jis", "CP932"},
    {"shift_jis", "CP932"},
    {"sjis", "CP932"},
    {"sun_eu_greek", "ISO-8859-7"},
    {"tis-620", "CP874"},
    {"tis620", "CP874"},
    {"ucs-2", "UTF-16LE"},
    {"unicode", "UTF-16LE"},
    {"unicodefeff", "UTF-16LE"},
    {"unicodefffe", "UTF-16BE"},
    {"us-ascii", "CP1252"},
    {"utf-16", "UTF-16LE"},
    {"utf-16be", "UTF-16BE"},
    {"utf-16le", "UTF-16LE"},
    {"visual", "ISO-8859-8"},
    {"win-1250", "CP1250"},
    {"win-1251", "CP1251"},
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
    {"windows-949", "CP949"},
    {"x-cp1250", "CP1250"},
    {"x-cp1251", "CP1251"},
    {"x-cp1252", "CP1252"},
    {"x-cp1253", "CP1253"},
    {"x-cp1254", "CP1254"},
    {"x-cp1255", "CP1255"},
    {"x-cp1256", "CP1256"},
    {"x-cp1257", "CP1257"},
    {"x-cp1258", "CP1258"},
    {"x-euc-jp", "EUC-JP-MS"},
    {"x-gbk", "GB18030"},
    {"x-mac-cyrillic", "MAC-CYRILLIC"},
    {"x-mac-roman", "MACINTOSH"},
    {"x-mac-ukrainian", "MAC-CYRILLIC"},
    {"x-sjis", "CP932"},
    {"x-x-big5", "BIG5-HKSCS"},
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

/// ISO-2022-JP (RFC 1468) as EUC-JP, of which iconv knows the vendors' characters as well ("①").
std::string euc_of_iso_2022_jp(std::string_view text) {
  enum class Set : std::uint8_t { ascii, kanji, katakana };
  struct Escape {
    std::string_view octets;
    Set set;
  };
  constexpr std::array escapes = std::to_array<Escape>({{"\x1b(B", Set::ascii},
                                                        {"\x1b(J", Set::ascii},
                                                        {"\x1b(I", Set::katakana},
                                                        {"\x1b$@", Set::kanji},
                                                        {"\x1b$B", Set::kanji}});
  constexpr char katakana_follows = '\x8e';
  std::string euc;
  Set set = Set::ascii;
  while (!text.empty()) {
    const auto* escape =
        std::ranges::find_if(escapes, [&](const Escape& each) { return text.starts_with(each.octets); });
    if (escape != escapes.end()) {
      set = escape->set;
      text.remove_prefix(escape->octets.size());
      continue;
    }
    if (text[0] == '\n') set = Set::ascii;  // also where a line was cut
    const bool is_plain = set == Set::ascii || text[0] <= ' ';
    if (!is_plain && set == Set::katakana) euc += katakana_follows;
    euc += is_plain ? text[0] : static_cast<char>(static_cast<unsigned char>(text[0]) | 0x80U);
    text.remove_prefix(1);
  }
  return euc;
}

std::string convert(std::string_view document, const char* encoding) {
  if (encoding == iso_2022_jp) return convert(euc_of_iso_2022_jp(document), "EUC-JP-MS");
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

bool is_utf8_label(std::string_view label) {
  constexpr std::array<std::string_view, 6> names{"utf-8",         "utf8",          "unicode-1-1-utf-8",
                                                  "unicode11utf8", "unicode20utf8", "x-unicode20utf8"};
  return std::ranges::find(names, label) != names.end();
}

/// What is not UTF-8 without further ado.
std::string decode(std::string_view document, std::string_view label, std::string_view declared) {
  if (is_utf8_label(label)) return mend_utf8(document);
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
  const bool escapes = label == "iso-2022-jp" || label == "csiso2022jp";  // ASCII octets that are not ASCII text
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
