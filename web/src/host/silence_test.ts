import assert from "node:assert/strict";
import { test } from "node:test";
import { Silence } from "./silence";

/** Asks every 100 ms from `from` until `to`; answers when it was first broken. */
function firstBroken(silence: Silence, from: number, to: number): number | null {
  for (let now = from; now <= to; now += 100) if (silence.isBroken(now)) return now;
  return null;
}

test("silence is broken at its limit and not before", () => {
  assert.equal(firstBroken(new Silence(700, 100, 0), 100, 2000), 700);
});

test("each sign starts the wait again", () => {
  const silence = new Silence(700, 100, 0);
  assert.equal(firstBroken(silence, 100, 600), null);
  silence.heard(600);
  assert.equal(firstBroken(silence, 700, 2000), 1300);
});

test("who has slept gives the other the whole limit again", () => {
  const silence = new Silence(700, 100, 0);
  assert.equal(firstBroken(silence, 100, 300), null);
  assert.equal(firstBroken(silence, 60_000, 62_000), 60_700);
});
