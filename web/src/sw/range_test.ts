import assert from "node:assert/strict";
import { test } from "node:test";
import { rangeOf } from "./range";

test("ranges as players ask for them", () => {
  assert.deepEqual(rangeOf("bytes=0-", 100), { start: 0, end: 99 });
  assert.deepEqual(rangeOf("bytes=10-19", 100), { start: 10, end: 19 });
  assert.deepEqual(rangeOf("bytes=90-200", 100), { start: 90, end: 99 });
  assert.deepEqual(rangeOf("bytes=-10", 100), { start: 90, end: 99 });
  assert.deepEqual(rangeOf("bytes=-1000", 100), { start: 0, end: 99 });
});

test("without a range, or with one to be ignored, the whole is meant", () => {
  for (const header of [null, "", "bytes=", "bytes=-", "items=0-1", "bytes=5-4", "bytes=0-1,3-4"]) {
    assert.equal(rangeOf(header, 100), null, String(header));
  }
});

test("a range beyond the end is refused", () => {
  assert.equal(rangeOf("bytes=100-", 100), "outside");
  assert.equal(rangeOf("bytes=-0", 100), "outside");
  assert.equal(rangeOf("bytes=0-", 0), "outside");
});
