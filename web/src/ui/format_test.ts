import assert from "node:assert/strict";
import { test } from "node:test";
import { clock, day, timeOfDay, typedAddress, webAddress } from "./format";

test("a clock shows hours only when there are some", () => {
  const shown = [0, 7.9, 59, 60, 754, 3599, 3600, 3723, 360000].map(clock);
  assert.deepEqual(shown, ["0:00", "0:07", "0:59", "1:00", "12:34", "59:59", "1:00:00", "1:02:03", "100:00:00"]);
});

test("what is no time is zero", () => {
  assert.deepEqual([-1, Number.NaN, Number.POSITIVE_INFINITY].map(clock), ["0:00", "0:00", "0:00"]);
});

test("a date beyond the calendar is left out", () => {
  assert.equal(day(1e18), "");
  assert.equal(timeOfDay(1e18), "");
});

test("a day tells its year unless it is this one", () => {
  const may = Date.UTC(2026, 4, 15, 12);
  assert.match(day(may, Date.UTC(2026, 7, 1)), /^(?=.*15)(?!.*2026)/);
  assert.match(day(may, Date.UTC(2027, 7, 1)), /2026/);
});

test("only web addresses become links", () => {
  assert.equal(webAddress("https://example.com/a?b"), "https://example.com/a?b");
  for (const hostile of [
    "javascript:alert(1)",
    "data:text/html,x",
    "blob:x",
    "",
    "/relative",
    " ",
    "file:///etc/passwd",
  ]) {
    assert.equal(webAddress(hostile), null, hostile);
  }
  assert.equal(webAddress("../b.png", "https://example.com/a/c/"), "https://example.com/a/b.png");
  for (const hostile of ["javascript:alert(1)", "data:text/html,x", "", " "]) {
    assert.equal(webAddress(hostile, "https://example.com/"), null, hostile);
  }
  assert.equal(webAddress("b.png", "no address"), null);
});

test("a typed address is completed, not guessed", () => {
  assert.equal(typedAddress(" example.com/feed.xml "), "https://example.com/feed.xml");
  assert.equal(typedAddress("localhost:8080/feed"), "https://localhost:8080/feed");
  assert.equal(typedAddress("http://127.0.0.1:99/f"), "http://127.0.0.1:99/f");
  assert.equal(typedAddress("feed://example.com/f"), "https://example.com/f");
  assert.equal(typedAddress("feed:http://example.com/f"), "http://example.com/f");
  assert.equal(typedAddress("Podcast://Example.com/f"), "https://example.com/f");
  for (const wrong of ["", "   ", "two words", "ftp://example.com/", "https://"])
    assert.equal(typedAddress(wrong), null, wrong);
});
