import assert from "node:assert/strict";
import { test } from "node:test";
import { defaults, feedPreferences, feedSetting, isValid, resolve } from "./preferences";

test("a choice for this device wins over one for all, and that over the default", () => {
  const { speed, back, theme } = resolve({ everywhere: { speed: 1.5, back: 10 }, here: { speed: 2 } });
  assert.deepEqual([speed, back, theme], [2, 10, defaults.theme]);
});

test("what cannot stand under a name counts as not chosen", () => {
  assert.equal(resolve({ everywhere: { speed: 1.25 }, here: { speed: 99 } }).speed, 1.25);
  assert.equal(resolve({ everywhere: { theme: "pink", text: "big" }, here: {} }).theme, "auto");
  assert.equal(isValid("silence", 2), false);
  assert.equal(isValid("language", "de"), true);
  assert.equal(isValid("language", "toString"), false);
});

test("a feed's preferences have a short name of their own and survive nonsense", () => {
  const feed = `https://example.com/${"long".repeat(300)}`;
  assert.match(feedSetting(feed), /^feed:[0-9a-f]{16}$/);
  assert.notEqual(feedSetting(feed), feedSetting(`${feed}?`));
  const known = (value: string) => ({ everywhere: { [feedSetting(feed)]: value }, here: {} });
  assert.deepEqual(feedPreferences(known('{"speed":1.5,"intro":30,"outro":-1,"more":1}'), feed), {
    speed: 1.5,
    intro: 30,
  });
  for (const nonsense of ["", "null", "[]", '{"speed":"fast"}', "{"]) {
    assert.deepEqual(feedPreferences(known(nonsense), feed), {}, nonsense);
  }
});
