#include "native/server_address.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace skypod {
namespace {

constexpr std::size_t text_octets_max = 512;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

/// A part of a parsed URL; "" where it is absent.
std::string part_of(CURLU* url, CURLUPart part, unsigned flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return "";
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_plain(char octet) {
  return octet > 0x20 && octet < 0x7f;
}

std::string refusal(std::string_view text, const std::string& why) {
  return "\"" + std::string(text.substr(0, text_octets_max)) + "\" is no server's address: " + why +
         "; write it as https://pod.example or http://127.0.0.1:7890";
}

}  // namespace

Result<ServerAddress, std::string> ServerAddress::parse(std::string_view text) {
  const std::string copy(text);
  if (text.size() > text_octets_max || !std::ranges::all_of(text, is_plain)) {
    return unexpected(refusal("…", "it is too long, or has letters that addresses have not"));
  }
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) {
    return unexpected(refusal(text, "it does not begin with http:// or https://, or cannot be read"));
  }
  const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") {
    return unexpected(refusal(text, "only http and https are spoken"));
  }
  const std::string path = part_of(url.get(), CURLUPART_PATH);
  const bool is_bare = part_of(url.get(), CURLUPART_QUERY).empty() && part_of(url.get(), CURLUPART_USER).empty();
  if ((path != "/" && !path.empty()) || !is_bare) {
    return unexpected(refusal(text, "it has more than a host and a port"));
  }
  ServerAddress address{.is_secure = scheme == "https",
                        .host = part_of(url.get(), CURLUPART_HOST),
                        .port = part_of(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
  if (address.host.starts_with('[')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  return address;
}

std::string ServerAddress::authority() const {
  const std::string name = host.contains(':') ? "[" + host + "]" : host;
  return port == (is_secure ? "443" : "80") ? name : name + ":" + port;
}

std::string ServerAddress::url() const {
  return (is_secure ? "https://" : "http://") + authority();
}

}  // namespace skypod
