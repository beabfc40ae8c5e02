import assert from "node:assert/strict";
import { test } from "node:test";
import type { Player } from "../player/player";
import { defaults } from "../preferences";
import { matching, shortcutsOf } from "./shortcuts";

const shortcuts = shortcutsOf({
  player: {} as Player,
  preferences: () => defaults,
  setSpeed: () => {},
  next: () => {},
  help: () => {},
});

const keysOf = (found: ReturnType<typeof matching>) => (found && found !== "begun" ? found.keys.join("") : found);

test("a shortcut is found by its keys, one after the other", () => {
  assert.equal(keysOf(matching(shortcuts, ["?"])), "?");
  assert.equal(matching(shortcuts, ["g"]), "begun");
  assert.equal(keysOf(matching(shortcuts, ["g", "i"])), "gi");
  assert.equal(matching(shortcuts, ["x"]), null);
});

test("a key that leads nowhere after a beginning counts by itself", () => {
  assert.equal(keysOf(matching(shortcuts, ["g", "n"])), "n");
  assert.equal(matching(shortcuts, ["g", "x"]), null);
});

test("no two shortcuts have the same keys, and none is the beginning of another", () => {
  for (const { keys } of shortcuts) {
    assert.equal(shortcuts.filter((other) => keys.every((key, at) => other.keys[at] === key)).length, 1, keys.join(""));
  }
});

test("each says what it does", () => {
  for (const { label, keys } of shortcuts) assert.notEqual(label(), "", keys.join(""));
});
