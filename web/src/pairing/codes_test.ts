import assert from "node:assert/strict";
import { test } from "node:test";
import { link, readCode, shortId, tag } from "./codes";
import { TEXT_CHARS_MAX } from "./frames";

const code = "eyJhbGciOiJFUzI1NiJ9.eyJ4IjoxfQ.c2ln-_";

test("a link, a tag and a bare code give the same code", () => {
  const shared = link("join", code, "https://pod.example:8443/app/?source=pwa#/devices");
  assert.equal(shared, `https://pod.example:8443/app/#join=${code}`);
  for (const text of [shared, tag("join", code), code, `  ${shared}\n`]) {
    assert.deepEqual(readCode("join", text), { code, problem: null }, text);
  }
});

test("a code broken over lines by a messenger is mended", () => {
  assert.deepEqual(readCode("device", `${code.slice(0, 9)}\r\n ${code.slice(9)}`), { code, problem: null });
});

test("the other kind is named as such", () => {
  assert.equal(readCode("join", tag("device", code)).problem, "other-kind");
  assert.equal(readCode("device", link("join", code, "http://localhost:7890/")).problem, "other-kind");
});

test("what is no code is refused", () => {
  assert.equal(readCode("join", " \n").problem, "empty");
  assert.equal(readCode("join", "https://example.com/feed.xml").problem, "not-a-code");
  assert.equal(readCode("join", "join=").problem, "not-a-code");
  assert.equal(readCode("join", "<script>").problem, "not-a-code");
  assert.equal(readCode("join", "a".repeat(TEXT_CHARS_MAX + 1)).problem, "too-long");
});

test("a short id is eight characters in two groups", () => {
  assert.equal(shortId("abcdefghijkl"), "abcd efgh");
  assert.equal(shortId("abc"), "abc");
});
