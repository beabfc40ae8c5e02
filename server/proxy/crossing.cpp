#include "server/proxy/crossing.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "server/proxy/fields.hpp"

namespace skypod::server {
namespace {

/// Names, and beginnings of names where they end in "*"; all in lower case.
template <std::size_t Count>
bool is_among(const std::string_view (&list)[Count], std::string_view name) {
  return std::ranges::any_of(list, [name](std::string_view one) {
    return one.ends_with('*') ? name.starts_with(one.substr(0, one.size() - 1)) : name == one;
  });
}

template <std::size_t Count>
HttpFields without(const std::string_view (&list)[Count], const HttpFields& fields) {
  HttpFields kept = end_to_end(fields);
  std::erase_if(kept, [&](const auto& one) { return is_among(list, lower(one.first)); });
  return kept;
}

constexpr std::string_view not_up[] = {
    // who it is, and with what rights
    "authorization", "cookie*", "from", "origin", "referer", "user-agent", "sec-*",
    // where it is, as a reverse proxy, a host of servers or a network of caches says it
    "forwarded*", "x-*", "via", "cf-*", "cdn-*", "true-client-*", "client-ip", "remote-*", "fastly-*", "fly-*",
    "akamai-*", "cloudfront-*", "incap-*", "ali-*", "proxy-*", "ssl-*", "tailscale-*",
    // what kind of device and person
    "accept-language", "accept-ch*", "dnt", "save-data", "device-memory", "dpr", "width", "viewport-width", "rtt",
    "downlink", "ect", "priority", "upgrade-insecure-requests", "traceparent", "tracestate", "baggage",
    // what is ours to say
    "host", "content-length", "expect"};

constexpr std::string_view not_down[] = {
    // cookies, storage, logins
    "set-cookie*", "clear-site-data", "www-authenticate", "authentication-info", "set-login", "login-*", "idp-*",
    "activate-storage-access", "storage-access*",
    // policies, which are this server's for its address
    "content-security-policy*", "x-content-security-policy*", "x-webkit-csp*", "cross-origin-*", "access-control-*",
    "referrer-policy", "permissions-policy*", "feature-policy", "document-policy*", "require-document-policy",
    "x-content-type-options", "x-permitted-cross-domain-policies", "origin-agent-cluster", "timing-allow-origin",
    "integrity-policy*", "strict-transport-security", "public-key-pins*", "expect-ct", "x-dns-prefetch-control",
    "x-ua-compatible", "sec-*",
    // what a browser would do, load or tell
    "refresh", "link", "service-worker*", "speculation-rules", "supports-loading-mode", "no-vary-search", "accept-ch*",
    "critical-ch", "report-to", "reporting-endpoints", "nel", "sourcemap", "x-sourcemap", "alt-svc", "alt-used",
    "use-as-dictionary", "onion-location", "attribution-reporting-*", "observe-browsing-topics", "ad-auction-*",
    "server-timing", "tk",
    // what a reverse proxy before us would do
    "x-accel-*", "x-sendfile*", "x-lighttpd-*", "x-litespeed-*", "x-reproxy-*", "surrogate-*", "edge-control",
    // what is ours to say
    "content-length"};

}  // namespace

HttpFields upward(const HttpFields& request) {
  return without(not_up, request);
}

HttpFields downward(const HttpFields& answer) {
  return without(not_down, answer);
}

}  // namespace skypod::server
