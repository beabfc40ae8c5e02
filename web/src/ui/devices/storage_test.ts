import assert from "node:assert/strict";
import { test } from "node:test";
import { isLow, size } from "./storage";

test("sizes are written with the unit that fits", () => {
  const read = [0, 999, 1000, 1_500_000, 15_400_000, 2e9, 3e12, 4e15].map(size);
  assert.deepEqual(read, ["0 byte", "999 byte", "1 kB", "1.5 MB", "15 MB", "2 GB", "3 TB", "4,000 TB"]);
});

test("little space is left from nine tenths on", () => {
  const state = (used: number | null, quota: number | null) => ({ persistent: true, used, quota });
  assert.equal(isLow(state(89, 100)), false);
  assert.equal(isLow(state(90, 100)), true);
  assert.equal(isLow(state(90, 0)), false);
  assert.equal(isLow(state(null, null)), false);
});
