#include "server/proxy/crossing.hpp"

#include <gtest/gtest.h>

namespace skypod::server {
namespace {

TEST(Crossing, NobodyUpThereLearnsWhoAsks) {
  const HttpFields asked{{"Accept", "image/*"},
                         {"Cache-Control", "no-cache"},
                         {"Range", "bytes=0-1"},
                         {"If-None-Match", "\"a\""},
                         {"Foo", "1"}};
  HttpFields request = asked;
  for (const char* name : {"Authorization",
                           "Cookie",
                           "Cookie2",
                           "Referer",
                           "Origin",
                           "User-Agent",
                           "Sec-Fetch-Site",
                           "X-Forwarded-For",
                           "X-Real-IP",
                           "X-Client-IP",
                           "Forwarded",
                           "CF-Connecting-IP",
                           "True-Client-IP",
                           "Client-IP",
                           "Via",
                           "DNT",
                           "Accept-Language",
                           "Fastly-Client-IP",
                           "Fly-Client-IP",
                           "CDN-Loop",
                           "Host",
                           "Content-Length",
                           "Connection",
                           "Proxy-Authorization",
                           "Priority",
                           "FROM"}) {
    request.emplace_back(name, "203.0.113.9");
  }
  EXPECT_EQ(upward(request), asked);
}

TEST(Crossing, NothingDownHereActsInOurName) {
  const HttpFields said{{"Content-Type", "text/html"},
                        {"ETag", "\"a\""},
                        {"Cache-Control", "max-age=1"},
                        {"Last-Modified", "Thu, 01 Jan 1970 00:00:00 GMT"},
                        {"Vary", "Accept"},
                        {"Date", "Thu, 01 Jan 1970 00:00:00 GMT"},
                        {"Foo", "1"}};
  HttpFields answer = said;
  for (const char* name : {"Set-Cookie",
                           "SET-COOKIE2",
                           "Clear-Site-Data",
                           "WWW-Authenticate",
                           "Strict-Transport-Security",
                           "Link",
                           "Service-Worker-Allowed",
                           "Refresh",
                           "Reporting-Endpoints",
                           "Report-To",
                           "NEL",
                           "Content-Security-Policy",
                           "Content-Security-Policy-Report-Only",
                           "Cross-Origin-Resource-Policy",
                           "Referrer-Policy",
                           "Accept-CH",
                           "Critical-CH",
                           "Speculation-Rules",
                           "Set-Login",
                           "Origin-Agent-Cluster",
                           "X-Accel-Redirect",
                           "X-Sendfile",
                           "Access-Control-Allow-Origin",
                           "Alt-Svc",
                           "SourceMap",
                           "X-Content-Type-Options",
                           "Content-Length",
                           "Keep-Alive",
                           "Transfer-Encoding",
                           "Permissions-Policy"}) {
    answer.emplace_back(name, "x");
  }
  EXPECT_EQ(downward(answer), said);
}

TEST(Crossing, WhatConnectionNamesDoesNotCross) {
  EXPECT_EQ(downward({{"Connection", "close, Foo"}, {"Foo", "1"}, {"Bar", "2"}}), (HttpFields{{"Bar", "2"}}));
}

}  // namespace
}  // namespace skypod::server
