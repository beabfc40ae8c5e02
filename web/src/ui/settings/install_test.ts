import assert from "node:assert/strict";
import { test } from "node:test";
import { installWay } from "./install";

const agents = {
  firefox: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  firefoxPhone: "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
  chromium: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
};
const way = (userAgent: string, more = {}) =>
  installWay({ userAgent, isStandalone: false, hasShareSheet: false, ...more });

test("each kind of browser is told its own way", () => {
  assert.equal(way(agents.firefox), "never");
  assert.equal(way(agents.firefoxPhone), "menu");
  assert.equal(way(agents.chromium), "menu");
  assert.equal(way("a phone's Safari", { hasShareSheet: true }), "share");
});

test("what is installed is not installed again", () => {
  assert.equal(way(agents.chromium, { isStandalone: true }), "installed");
  assert.equal(way("a phone's Safari", { isStandalone: true, hasShareSheet: true }), "installed");
});
