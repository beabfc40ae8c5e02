import assert from "node:assert/strict";
import { test } from "node:test";
import { hashOf, parseRoute, type Route } from "./route";

test("every screen's fragment leads back to it", () => {
  const routes: Route[] = [
    { page: "library" },
    { page: "devices" },
    { page: "messages" },
    { page: "recovery" },
    { page: "restore" },
    { page: "add-device", code: "" },
    { page: "join", code: "" },
    { page: "inbox" },
    { page: "queue" },
    { page: "player" },
    { page: "downloads" },
    { page: "settings" },
    { page: "search", words: "" },
    { page: "search", words: "two words/and a slash" },
    { page: "folder", name: "News / Local" },
    { page: "tag", name: "50 %" },
    { page: "feed", feed: "https://example.com/a/b?c=d#e%2F" },
    { page: "episode", feed: "https://example.com/a?b=c/d", id: "guid:x/y 100%" },
  ];
  for (const route of routes) assert.deepEqual(parseRoute(hashOf(route)), route);
});

test("a pairing link carries its code and the screen's own fragment does not", () => {
  assert.deepEqual(parseRoute("#join=abc.def"), { page: "join", code: "abc.def" });
  assert.deepEqual(parseRoute("#device=abc"), { page: "add-device", code: "abc" });
  assert.equal(hashOf({ page: "join", code: "abc.def" }), "#/join");
});

test("whatever is not known is the library", () => {
  for (const hash of [
    "",
    "#",
    "#/",
    "#/nowhere",
    "#/feed/",
    "#/feed/%E0%A4%A",
    "#/folder",
    "#/tag/",
    "#/episode/a",
    "#/episode//b",
    "#x=1",
  ]) {
    assert.deepEqual(parseRoute(hash), { page: "library" }, hash);
  }
});
