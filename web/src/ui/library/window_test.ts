import assert from "node:assert/strict";
import { test } from "node:test";
import { PAGE, pagesOf, spanOf } from "./window";

test("only what is on the screen is drawn, with a few rows to spare", () => {
  assert.deepEqual(spanOf(0, 800, 100, 100_000), { first: 0, end: 16 });
  assert.deepEqual(spanOf(5_000_000, 5_000_800, 100, 100_000), { first: 49_992, end: 50_016 });
  assert.deepEqual(spanOf(9_999_500, 10_000_300, 100, 100_000), { first: 99_987, end: 100_000 });
});

test("a list above or below the screen draws nothing beyond its ends", () => {
  assert.deepEqual(spanOf(5000, 5800, 100, 3), { first: 3, end: 3 });
  assert.deepEqual(spanOf(-5800, -5000, 100, 300), { first: 0, end: 0 });
  assert.deepEqual(spanOf(0, 800, 100, 0), { first: 0, end: 0 });
});

test("the pages of a span are those that it touches", () => {
  assert.deepEqual(pagesOf({ first: 0, end: 0 }), []);
  assert.deepEqual(pagesOf({ first: 0, end: PAGE }), [0]);
  assert.deepEqual(pagesOf({ first: PAGE - 1, end: PAGE + 1 }), [0, 1]);
  assert.deepEqual(pagesOf({ first: 7 * PAGE, end: 7 * PAGE + 1 }), [7]);
});
