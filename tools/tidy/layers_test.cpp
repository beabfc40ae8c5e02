#include "tools/tidy/layers.hpp"

#include <gtest/gtest.h>

#include <array>

namespace skypod::tidy {
namespace {

struct Case {
  std::string path;
  std::string line;
};

Findings check(const Case& planted) {
  return check_layering({planted.path, "// why\n" + planted.line + "\n"});
}

void expect_found(const Case& planted) {
  const Findings found = check(planted);
  ASSERT_EQ(found.size(), 1U) << planted.path << ": " << planted.line;
  EXPECT_EQ(found[0].rule, "layering");
  EXPECT_EQ(found[0].line, 2U);
}

void expect_clean(const Case& planted) {
  EXPECT_EQ(check(planted), Findings{}) << planted.path << ": " << planted.line;
}

TEST(Layering, IncludesAgainstTheTableAreFound) {
  expect_found({"base/a.cpp", "#include \"core/wire/json.hpp\""});
  expect_found({"core/wire/a.cpp", "#include \"core/sync/clock.hpp\""});
  expect_found({"core/wire/a.cpp", "#include \"core/ports.hpp\""});
  expect_found({"core/ports.cpp", "#include \"core/sync/clock.hpp\""});
  expect_found({"core/signal/a.cpp", "#include \"core/realm/link.hpp\""});
  expect_found({"core/library/a.cpp", "#include \"core/signal/rooms.hpp\""});
  expect_found({"core/library/a.cpp", "#include \"core/device/device.hpp\""});
  expect_found({"core/device/a.cpp", "#include \"core/signal/rooms.hpp\""});
  expect_found({"server/a.cpp", "#include \"rtc/endpoint.hpp\""});
  expect_found({"rtc/a.cpp", "#include \"core/realm/link.hpp\""});
  expect_found({"wasm/a.cpp", "#include \"native/jose.hpp\""});
  expect_found({"sim/a.cpp", "#include \"server/session.hpp\""});
  expect_found({"media/a.cpp", "#  include \"core/ports.hpp\"  // spelled apart"});
}

TEST(Layering, IncludesTheTableAllowsAreClean) {
  expect_clean({"base/a.cpp", "#include \"base/bytes.hpp\""});
  expect_clean({"core/wire/a.cpp", "#include \"base/bytes.hpp\""});
  expect_clean({"core/realm/a.cpp", "#include \"core/ports.hpp\""});
  expect_clean({"core/ports.hpp", "#include \"core/wire/json.hpp\""});
  expect_clean({"core/ports_test.cpp", "#include \"core/ports.hpp\""});
  expect_clean({"core/library/a.cpp", "#include \"core/sync/clock.hpp\""});
  expect_clean({"core/device/a.cpp", "#include \"core/library/library.hpp\""});
  expect_clean({"wasm/a.cpp", "#include \"core/device/device.hpp\""});
  expect_clean({"server/a.cpp", "#include \"native/fetch.hpp\""});
  expect_clean({"cli/a.cpp", "#include \"rtc/endpoint.hpp\""});
  expect_clean({"test/a_test.cpp", "#include \"server/session.hpp\""});
}

TEST(Layering, SpokenAboutIsNotIncluded) {
  expect_clean({"base/a.cpp", "// #include \"core/wire/json.hpp\""});
  expect_clean({"base/a.cpp", "/*\n#include \"core/wire/json.hpp\"\n*/"});
  expect_clean({"base/a.cpp", "const char* x = R\"(\n#include \"core/wire/json.hpp\"\n)\";"});
  expect_clean({"docs/a.md", "#include \"core/wire/json.hpp\""});
}

TEST(Layering, FoldersOutsideTheTableAreFound) {
  EXPECT_EQ(check_layering({"core/extra/a.cpp", ""}).size(), 1U);
  EXPECT_EQ(check_layering({"lib/a.hpp", ""}).size(), 1U);
  EXPECT_EQ(check_layering({"a.cpp", ""}).size(), 1U);
  expect_found({"core/wire/a.cpp", "#include \"json.hpp\""});
  expect_found({"test/a.cpp", "#include \"lib/a.hpp\""});
}

TEST(Layering, PureFoldersHaveAListOfSystemHeaders) {
  for (const std::string header :
       {"thread", "mutex", "atomic", "fstream", "filesystem", "iostream", "sstream", "random", "regex", "format",
        "future", "ctime", "unistd.h", "time.h", "openssl/evp.h", "boost/asio.hpp", "gtest/gtest.h"}) {
    expect_found({"core/realm/a.cpp", "#include <" + header + ">"});
    expect_found({"base/a.hpp", "#include <" + header + ">"});
  }
  for (const std::string header : {"string", "vector", "chrono", "cstdlib", "charconv", "coroutine"}) {
    expect_clean({"core/realm/a.cpp", "#include <" + header + ">"});
    expect_clean({"base/a.hpp", "#include <" + header + ">"});
  }
  expect_clean({"core/wire/a.hpp", "#include <nlohmann/json.hpp>"});
  expect_found({"base/a.hpp", "#include <nlohmann/json.hpp>"});
}

TEST(Layering, LibrariesBelongToTheirFolders) {
  expect_clean({"native/a.cpp", "#include <openssl/evp.h>"});
  expect_clean({"native/a.cpp", "#include <curl/curl.h>"});
  expect_clean({"server/a.cpp", "#include <boost/beast/core.hpp>"});
  expect_clean({"server/a.cpp", "#include <thread>"});
  expect_clean({"bench/a.cpp", "#include <benchmark/benchmark.h>"});
  expect_found({"native/a.cpp", "#include <libavformat/avformat.h>"});
  expect_found({"server/a.cpp", "#include <usrsctp.h>"});
  expect_found({"server/a.cpp", "#include <unheard/of.hpp>"});
  expect_found({"wasm/a.cpp", "#include <iostream>"});
  expect_found({"server/a.cpp", "#include <gtest/gtest.h>"});
}

TEST(Layering, TestsMayAddALittle) {
  expect_clean({"core/feed/a_test.cpp", "#include <gtest/gtest.h>"});
  expect_clean({"core/feed/a_test.cpp", "#include <fstream>"});
  expect_clean({"core/realm/a_test.cpp", "#include \"core/signal/rooms.hpp\""});
  expect_found({"core/realm/a.cpp", "#include \"core/signal/rooms.hpp\""});
  expect_found({"core/feed/a_test.cpp", "#include <thread>"});
  expect_found({"core/realm/a_test.cpp", "#include \"sim/network.hpp\""});
}

TEST(Layering, TheAppImportsOnlyItselfAndPackages) {
  expect_found({"web/src/a.ts", "import { x } from \"../../core/x\";"});
  expect_found({"web/src/ui/a.tsx", "export * from '../../../test/x.js';"});
  expect_found({"web/src/a.ts", "const x = await import(\"../vite.config\");"});
  expect_found({"web/src/a.ts", "import \"/src/x\";"});
  expect_clean({"web/src/ui/a.tsx", "import { x } from \"../core/x\";"});
  expect_clean({"web/src/a.ts", "import { signal } from \"@preact/signals\";"});
  expect_clean({"web/src/host/a.ts", "import url from \"../../../build/wasm/wasm/core.wasm?url\";"});
  expect_found({"web/src/host/a.ts", "import x from \"../../../build/native/x\";"});
  expect_clean({"web/src/a.ts", "// import { x } from \"../../core/x\";"});
  expect_clean({"web/src/a.ts", "const text = 'import \"../../core/x\"';"});
  expect_clean({"test/e2e/a.ts", "import { x } from \"../../web/src/x\";"});
}

TEST(LayerTable, IsOneWay) {
  EXPECT_EQ(check_table(layers()), Findings{});
}

TEST(LayerTable, ACircleIsFound) {
  constexpr std::array<Layer, 4> circle = {{{"a", "b", ""}, {"b", "c", ""}, {"c", "a", ""}, {"d", "a", ""}}};
  const Findings found = check_table(circle);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_NE(found[0].text.find("lets a include itself"), std::string::npos);
}

}  // namespace
}  // namespace skypod::tidy
