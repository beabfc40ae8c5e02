#include "tools/tidy/functions.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace skypod::tidy {

/// For failure messages.
void PrintTo(const Function& function, std::ostream* out) {
  *out << function.name << "@" << function.line << "+" << function.lines;
}

namespace {

using List = std::vector<Function>;

List in_cpp(std::string_view text) {
  return find_functions(read_source(text, Language::cpp), Language::cpp);
}

List in_typescript(std::string_view text) {
  return find_functions(read_source(text, Language::typescript), Language::typescript);
}

TEST(CppFunctions, AreFoundInNamespacesAndClasses) {
  EXPECT_EQ(in_cpp(R"(namespace a::b {
int f(int x) {
  return x;
}
class C final : public B<int(int)> {
 public:
  C() = default;
  bool g() const noexcept { return true; }
};
}  // namespace
void C::h() {}
)"),
            (List{{"f", 2, 3}, {"g", 8, 1}, {"C::h", 11, 1}}));
}

TEST(CppFunctions, InitialisersAndTypesAreNotFunctions) {
  EXPECT_EQ(in_cpp(R"(enum class E { a, b };
int x{f(1)};
const std::array<int, 2> y = {{1, 2}};
std::function<void(int)> z{};
const Table t = make({1, 2}, {3});
struct { int a = 1; } s;
template <class T> concept Small = requires(T t) { t.size(); };
alignas(8) char buffer[8]{};
)"),
            List{});
}

TEST(CppFunctions, EverySignatureShapeIsSeen) {
  EXPECT_EQ(in_cpp(R"(template <class T>
  requires std::integral<T>
T a(T x = {}) { return x; }
auto b() -> std::vector<int> { return {}; }
bool operator<(const A&, const A&) { return false; }
int F::operator()(int) const { return 0; }
F::F(int x) : a_{x}, b_(x), c_{} { run(); }
F::F() noexcept(true) : Base<int>{1} {}
F::~F() {}
void c() && noexcept(false) {}
explicit(true) F::operator bool() const { return true; }
extern "C" { int d(void) { return 1; } }
struct tm e(int x) { return {}; }
template <class T> requires (sizeof(T) > 1) class G { void g() {} };
)"),
            (List{{"a", 1, 3},
                  {"b", 4, 1},
                  {"operator", 5, 1},
                  {"F::operator", 6, 1},
                  {"F::F", 7, 1},
                  {"F::F", 8, 1},
                  {"F::~F", 9, 1},
                  {"c", 10, 1},
                  {"bool", 11, 1},
                  {"d", 12, 1},
                  {"e", 13, 1},
                  {"g", 14, 1}}));
}

TEST(CppFunctions, LambdasAndLocalClassesArePartOfTheirFunction) {
  EXPECT_EQ(in_cpp(R"(void f() {
  auto g = [](int x) {
    return x;
  };
  struct S { int h() { return 1; } };
}
)"),
            (List{{"f", 1, 6}}));
}

TEST(CppFunctions, LambdasAtFileScopeAreFunctionsOfTheirOwn) {
  EXPECT_EQ(in_cpp(R"(constexpr auto f = [](int x) {
  return x;
};
const Row rows[] = {{"a", [](int x) { return x; }},
                    {"b", {1, 2}}};
const auto g = wrap([&] { return 2; });
int h() { return 1; }
)"),
            (List{{"f", 1, 3}, {"lambda", 4, 1}, {"lambda", 6, 1}, {"h", 7, 1}}));
}

TEST(CppFunctions, TestCasesHaveTheirNames) {
  EXPECT_EQ(in_cpp("TEST(Suite, Case) {\n}\nTEST_F(A,\n       B) {\n}\n"), (List{{"Suite.Case", 1, 2}, {"A.B", 3, 3}}));
}

TEST(CppFunctions, BracesInTextAndDirectivesDoNotCount) {
  EXPECT_EQ(in_cpp(R"code(#define OPEN \
  void open() {
void f() {
  g("}", '}', R"(})");  // }
  /* } */
}
void h() {}
)code"),
            (List{{"f", 3, 4}, {"h", 7, 1}}));
}

TEST(TypescriptFunctions, DeclarationsMethodsAndArrows) {
  EXPECT_EQ(in_typescript(R"(export async function f(a: number): Promise<Map<string, number>> {
  return g(a);
}
export class C {
  #x = { a: 1 };
  constructor(private readonly y: Y) {
    super();
  }
  async run({ a, b }: Props): Promise<void> {
    if (a) { b(); }
  }
  get size() { return 1; }
}
const h = (x: number): number => {
  return x;
};
const k = x => { return x; };
export const Row = ({ title }: Props) => (
  <p>{title}</p>
);
)"),
            (List{{"f", 1, 3},
                  {"constructor", 6, 3},
                  {"run", 9, 3},
                  {"size", 12, 1},
                  {"h", 14, 3},
                  {"k", 17, 1},
                  {"Row", 18, 3}}));
}

TEST(TypescriptFunctions, CallbacksCountAndDescribeDoesNot) {
  EXPECT_EQ(in_typescript(R"(describe("all", () => {
  it("a", async () => {
    await f();
  });
  it("b", function () {
  });
});
socket.on("x", (e) => {
});
)"),
            (List{{"it:callback", 2, 3}, {"lambda", 5, 2}, {"socket:callback", 8, 2}}));
}

TEST(TypescriptFunctions, TypesObjectsAndBlocksAreNotFunctions) {
  EXPECT_EQ(in_typescript(R"(interface A { f(x: number): void; }
type B = { a: number };
const c = { d: { e: 1 } };
if (c) { g(); }
for (const x of y) { g(x); }
try { g(); } catch (e) { h(e); }
call({ a: 1 }, [2]);
)"),
            List{});
}

TEST(TypescriptFunctions, AnObjectTypeAsResultDoesNotHideTheBody) {
  EXPECT_EQ(in_typescript(R"(function f(x: number): { a: number } {
  return { a: x };
}
async function g({ a }: { a: number }): Promise<{ a: number; b: B }> {
  return { a, b };
}
function h<T>(x: T): { a: number } | { b: number } {
  return true;
}
)"),
            (List{{"f", 1, 3}, {"g", 4, 3}, {"h", 7, 3}}));
}

TEST(TypescriptFunctions, MethodsOfObjectLiteralsBeginAtTheirOwnLine) {
  EXPECT_EQ(in_typescript("const o = {\n  a: 1,\n  b: 2,\n  run(x: number) {\n    return x;\n  },\n};\n"),
            (List{{"run", 4, 3}}));
}

TEST(Functions, UnbalancedTextEndsQuietly) {
  EXPECT_EQ(in_cpp("}}} void f() {}"), (List{{"f", 1, 1}}));
  EXPECT_EQ(in_cpp("void f() { {"), List{});
  EXPECT_EQ(in_cpp("): {}"), List{});
}

}  // namespace
}  // namespace skypod::tidy
