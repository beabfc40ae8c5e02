#include "core/wire/json.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace skypod::wire {
namespace {

TEST(Json, ReadsAndPrintsSorted) {
  const auto value = parse_json(R"({"b": [1, 2.5, "x"], "a": null})");
  ASSERT_TRUE(value);
  EXPECT_EQ(to_json(*value), R"({"a":null,"b":[1,2.5,"x"]})");
}

TEST(Json, RefusesWhatReadersDisagreeOn) {
  EXPECT_FALSE(parse_json(R"({"a":1,"a":2})"));
  EXPECT_FALSE(parse_json("{\"a\":\"\xff\"}"));
  EXPECT_FALSE(parse_json("{} {}"));
  EXPECT_FALSE(parse_json(""));
  EXPECT_FALSE(parse_json("1e999"));
}

TEST(Json, ReadsOfOthersWhatIsValid) {
  EXPECT_EQ(parse_foreign_json(R"({"a":1,"b":{"c":1,"c":2},"a":[3]})"), Json::parse(R"({"a":[3],"b":{"c":2}})"));
  EXPECT_EQ(parse_foreign_json(R"(["\ud83d","\\\ud83d","\ud83d\ude00","\udE00x","\uD83D\ud83d\ude00"])"),
            Json::parse("[\"\ufffd\",\"\\\\\ufffd\",\"\U0001f600\",\"\ufffdx\",\"\ufffd\U0001f600\"]"));
  EXPECT_EQ(parse_foreign_json(R"("\\ud83d \u00e9")"), Json("\\ud83d \u00e9"));
  for (const char* text : {"", "{} {}", "{\"a\":\"\xff\"}", "[1,]", R"(["\u12"])", R"(["\ud8"])", R"("\)", "1e999"}) {
    EXPECT_FALSE(parse_foreign_json(text)) << text;
  }
}

TEST(Json, ForgetsOfOthersWhatIsTooDeep) {
  const std::size_t deep = 100'000;
  std::string text =
      "{\"a\":1,\"x\":" + std::string(deep, '[') + "{\"k\":[\"v\"]}" + std::string(deep, ']') + ",\"b\":2}";
  EXPECT_FALSE(parse_json(text));
  const auto read = parse_foreign_json(text);
  ASSERT_TRUE(read);
  EXPECT_EQ((*read)["a"], 1);
  EXPECT_EQ((*read)["b"], 2);
  std::string kept = "null";
  for (std::size_t i = 1; i < json_depth_max; ++i) kept = "[" + kept + "]";
  EXPECT_EQ(to_json((*read)["x"]), kept);
}

TEST(Json, LongStringsAreReadAndPrintedAsShortOnesAre) {
  const std::string plain(10'000, 'x');
  for (const std::string& text : {plain, plain + "\xc3\xa9", plain + "\"\\\n" + plain, "\x01" + plain,
                                  std::string("\x01") + "0", plain + "\x7f"}) {
    const Json value = {{"a", text}, {text, {"short", text}}, {"empty", {Json::array(), Json::object(), ""}}};
    EXPECT_EQ(to_json(value), value.dump());
    EXPECT_EQ(parse_json(value.dump()), value);
    EXPECT_EQ(parse_json("[" + value.dump() + " , " + value.dump() + "]"), Json::array({value, value}));
  }
}

TEST(Json, LongStringsAreHeldToTheSameRules) {
  const std::string plain(10'000, 'x');
  EXPECT_FALSE(parse_json("[\"" + plain + "\xff\"]"));
  EXPECT_FALSE(parse_json("[\"" + plain + "\n\"]"));
  EXPECT_FALSE(parse_json("[\"" + plain + "\"\"" + plain + "\"]"));
  EXPECT_FALSE(parse_json("[\"" + plain));
  EXPECT_FALSE(parse_json("{\"" + plain + "\":1,\"" + plain + "\":2}"));
  EXPECT_FALSE(parse_json("[\"" + plain + "\\"));
}

TEST(Json, BoundsDepth) {
  EXPECT_TRUE(parse_json(std::string(32, '[') + std::string(32, ']')));
  EXPECT_FALSE(parse_json(std::string(33, '[') + std::string(33, ']')));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
}

TEST(Cbor, RoundTripsEveryKindOfValue) {
  const Json value = {{"bytes", binary(std::string("\0\xff", 2))}, {"big", 9007199254740993}, {"text", "\xc3\xa9"}};
  const auto again = parse_cbor(to_cbor(value));
  ASSERT_TRUE(again);
  EXPECT_EQ(*again, value);
  EXPECT_EQ(binary_bytes((*again)["bytes"]), std::string("\0\xff", 2));
}

TEST(Cbor, ReadsNumbersOfEveryWidth) {
  const auto value =
      parse_cbor(std::string("\x8b\x17\x18\xff\x19\x01\x00\x1a\x00\x01\x00\x00"
                             "\x1b\xff\xff\xff\xff\xff\xff\xff\xff\x20\x3b\x7f\xff\xff\xff\xff\xff\xff\xff"
                             "\xf9\xc5\x00\xf9\x00\x01\xfa\x3f\xa0\x00\x00\xfb\x3f\xb9\x99\x99\x99\x99\x99\x9a",
                             51));
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, Json::array({23, 255, 256, 65'536, UINT64_MAX, -1, INT64_MIN, -5.0, 0x1p-24, 1.25, 0.1}));
}

TEST(Cbor, BoundsDepthAndRefusesWhatReadersDisagreeOn) {
  EXPECT_TRUE(parse_cbor(std::string(32, '\x81') + "\x01"));
  EXPECT_FALSE(parse_cbor(std::string(33, '\x81') + "\x01"));
  EXPECT_FALSE(parse_cbor(std::string(1'000'000, '\x81')));          // arrays in arrays
  EXPECT_FALSE(parse_cbor("\x61\xff"));                              // text that is not UTF-8
  EXPECT_FALSE(parse_cbor("\xa2\x61\x61\x01\x61\x61\x02"));          // the same key twice
  EXPECT_FALSE(parse_cbor("\x9b\xff\xff\xff\xff\xff\xff\xff\xff"));  // an array that claims 2^64 members
  EXPECT_FALSE(parse_cbor("\xf9\x7e\x01"));                          // not a number
  EXPECT_FALSE(parse_cbor(std::string("\xf9\x7c\x00", 3)));          // infinite
  EXPECT_FALSE(parse_cbor("\xfa\x7f\x80"));                          // cut off
  EXPECT_FALSE(parse_cbor("\x3b\xff\xff\xff\xff\xff\xff\xff\xff"));  // below what 64 bits hold
  EXPECT_FALSE(parse_cbor("\xa1\x01\x01"));                          // a key that is no text
  EXPECT_FALSE(parse_cbor("\xc0\x61\x61"));                          // a tag
  EXPECT_FALSE(parse_cbor("\x9f\x01\xff"));                          // an array without a length
  EXPECT_FALSE(parse_cbor("\x7f\x61\x61\xff"));                      // a text without a length
  EXPECT_FALSE(parse_cbor("\xf7"));                                  // undefined
  EXPECT_FALSE(parse_cbor("\x01\x01"));                              // something after the value
  EXPECT_FALSE(parse_cbor(""));
}

// Others' suite: 95 texts that must parse, 188 that must not.
TEST(Json, AgreesWithTheJsonTestSuite) {
  const std::filesystem::path suite = SKYPOD_SOURCE_DIR "/../shared/corpora/json-test-suite";
  if (!std::filesystem::exists(suite)) {
    GTEST_SKIP() << "the JSON test suite is not beside this checkout";
  }
  int run = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(suite)) {
    const std::string name = entry.path().filename().string();
    if (entry.path().extension() != ".json" || (!name.starts_with("y_") && !name.starts_with("n_"))) {
      continue;
    }
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    // The suite allows duplicate members; we refuse them on purpose.
    const bool must_parse = name.starts_with("y_") && !name.starts_with("y_object_duplicated_key");
    EXPECT_EQ(parse_json(text).has_value(), must_parse) << name;
    ++run;
  }
  EXPECT_GT(run, 200);
}

}  // namespace
}  // namespace skypod::wire
