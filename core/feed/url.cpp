#include "core/feed/url.hpp"

#include <algorithm>

#include "core/feed/feed.hpp"
#include "core/feed/html_text.hpp"

namespace skypod::feed {
namespace {

/// RFC 3986 appendix B, without the fragment. A part that is absent and one that is empty differ only for the query.
struct Parts {
  std::string_view scheme;
  std::string_view authority;
  std::string_view path;
  std::string_view query;  // with its "?"
  bool has_authority = false;
};

bool is_scheme(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto belongs = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, belongs);
}

Parts split(std::string_view text) {
  Parts parts;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && is_scheme(text.substr(0, colon))) {
    parts.scheme = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (text.starts_with("//")) {
    const std::size_t end = std::min(text.find_first_of("/?", 2), text.size());
    parts.authority = text.substr(2, end - 2);
    parts.has_authority = true;
    text.remove_prefix(end);
  }
  const std::size_t query = std::min(text.find('?'), text.size());
  parts.path = text.substr(0, query);
  parts.query = text.substr(query);
  return parts;
}

/// RFC 3986 section 5.2.4.
std::string remove_dot_segments(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    const bool last = end == path.size();
    if (segment == "/..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (segment != "/.") {
      out += segment;
    }
    if (last && (segment == "/.." || segment == "/.")) out += '/';
    path.remove_prefix(end);
  }
  return out;
}

std::string merge_paths(const Parts& base, std::string_view path) {
  if (path.starts_with("/")) return std::string(path);
  const std::size_t slash = base.path.rfind('/');
  return slash == std::string_view::npos ? "/" + std::string(path)
                                         : std::string(base.path.substr(0, slash + 1)) + std::string(path);
}

/// The reference as a browser would read it: no control characters, spaces as %20.
std::string clean(std::string_view reference) {
  std::string out;
  for (const char octet : trim(reference)) {
    if (octet == ' ') {
      out += "%20";
    } else if (static_cast<unsigned char>(octet) > 0x20 && octet != 0x7f) {
      out += octet;
    }
  }
  return out;
}

/// What nearly every address is: absolute, and with nothing in it to change.
bool is_finished(std::string_view text) {
  const std::size_t host = text.starts_with("https://") ? 8 : text.starts_with("http://") ? 7 : 0;
  if (host == 0 || text.size() > line_max || text.size() == host) return false;
  if (text[host] == '/' || text[host] == '?' || text[host] == '#') return false;
  char before = 0;
  for (const char octet : text) {
    if (static_cast<unsigned char>(octet) <= 0x20 || octet == 0x7f || (before == '/' && octet == '.')) return false;
    before = octet;
  }
  return true;
}

}  // namespace

std::string resolve_url(std::string_view base, std::string_view reference) {
  if (is_finished(reference)) return std::string(reference);
  const std::string cleaned = clean(reference);
  if (cleaned.empty() || cleaned.size() > line_max) return "";
  const std::size_t hash = std::min(cleaned.find('#'), cleaned.size());
  const std::string_view fragment = std::string_view(cleaned).substr(hash);
  const Parts from = split(base.substr(0, std::min(base.find('#'), base.size())));
  Parts parts = split(std::string_view(cleaned).substr(0, hash));
  std::string path(parts.path);
  if (parts.scheme.empty() && !parts.has_authority) {
    if (parts.path.empty() && parts.query.empty()) parts.query = from.query;
    path = parts.path.empty() ? std::string(from.path) : merge_paths(from, parts.path);
    parts.authority = from.authority;
  }
  const std::string scheme = to_lower(parts.scheme.empty() ? from.scheme : parts.scheme);
  if ((scheme != "http" && scheme != "https") || parts.authority.empty()) return "";
  std::string url = scheme + "://" + std::string(parts.authority) + remove_dot_segments(path) +
                    std::string(parts.query) + std::string(fragment);
  return url.size() > line_max ? "" : url;
}

std::string origin_of(std::string_view url) {
  const Parts parts = split(url.substr(0, url.find('#')));
  const std::string scheme = to_lower(parts.scheme);
  std::string host = to_lower(parts.authority.substr(parts.authority.rfind('@') + 1));
  const std::string_view usual = scheme == "https" ? ":443" : ":80";
  if (host.ends_with(usual)) host.resize(host.size() - usual.size());
  return scheme + "://" + host;
}

}  // namespace skypod::feed
