import assert from "node:assert/strict";
import { test } from "node:test";
import { sharedAddress } from "./shared";

const shared = (fields: Record<string, string>) => `?${new URLSearchParams(fields)}`;

test("an address is found in whichever field an app puts it", () => {
  const url = "https://pod.example/feed?a=1&b=ü";
  assert.equal(sharedAddress(shared({ "shared-url": url })), "https://pod.example/feed?a=1&b=%C3%BC");
  assert.equal(sharedAddress(shared({ "shared-text": `Listen to this: ${url}` })), encodeURI(url));
  const aside = shared({ "shared-title": "A show", "shared-text": "(https://a.example/x)." });
  assert.equal(sharedAddress(aside), "https://a.example/x");
  assert.equal(sharedAddress(shared({ "shared-text": "feed://a.example/x" })), "https://a.example/x");
  assert.equal(sharedAddress(shared({ "shared-url": "a.example" })), "https://a.example/");
});

test("what holds no address that a feed can have is nothing", () => {
  for (const text of ["", "just words", "javascript:alert(1)", "file:///etc/passwd", "https://"]) {
    assert.equal(sharedAddress(shared({ "shared-text": text })), "", text);
    assert.equal(sharedAddress(shared({ "shared-url": text })), "", text);
  }
  assert.equal(sharedAddress("?url=https://a.example/"), "");
});
