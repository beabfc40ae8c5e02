import assert from "node:assert/strict";
import { test } from "node:test";
import { gainDb } from "./volume";

test("quiet episodes are made louder and loud ones quieter, without clipping", () => {
  assert.equal(gainDb({ lufs: -22, truePeakDb: -12 }), 6);
  assert.equal(gainDb({ lufs: -10, truePeakDb: 0 }), -6);
  assert.equal(gainDb({ lufs: -22, truePeakDb: -3 }), 2);
  assert.equal(gainDb({ lufs: -22, truePeakDb: 0.5 }), 0);
  assert.equal(gainDb({ lufs: -60, truePeakDb: -50 }), 12);
  assert.equal(gainDb({ lufs: null, truePeakDb: null }), 0);
});
