import assert from "node:assert/strict";
import { test } from "node:test";
import { type Load, PAGE, PageLoader, pagesOf, spanOf } from "./window";

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

/** Lists of 1,000 rows whose pages come when the test says so; a row is its list's name and its place. */
function setUp() {
  const asked: { list: string; page: number; come: () => void; fail: (error: Error) => void }[] = [];
  const list = (name: string): Load<string> => {
    return ({ offset }) =>
      new Promise((resolve, reject) => {
        const rows = Array.from({ length: PAGE }, (_, at) => `${name} ${offset + at}`);
        asked.push({ list: name, page: offset / PAGE, come: () => resolve({ total: 1000, rows }), fail: reject });
      });
  };
  let changes = 0;
  const loader = new PageLoader<string>(() => changes++);
  const come = () => (asked.at(-1)!.come(), new Promise(setImmediate));
  return { asked, loader, come, list, load: list("a"), changes: () => changes };
}

test("pages that were scrolled past are left out", async () => {
  const { asked, loader, come, load } = setUp();
  loader.want([0], 1, load);
  await come();
  for (const page of [1, 2, 3, 4, 5]) loader.want([page], 1, load);
  await come();
  await come();
  assert.deepEqual(
    asked.map(({ page }) => page),
    [0, 1, 5],
  );
  assert.equal(loader.row(5 * PAGE + 3), `a ${5 * PAGE + 3}`);
  assert.equal(loader.row(3 * PAGE), null);
});

test("rows stay until newer ones have come, and are asked for once", async () => {
  const { asked, loader, come, load } = setUp();
  loader.want([0], 1, load);
  await come();
  loader.want([0], 1, load);
  assert.equal(asked.length, 1);
  loader.want([0], 2, load);
  assert.equal(asked.length, 2);
  assert.equal(loader.row(7), "a 7");
});

test("a failure is kept and ends the asking", async () => {
  const { asked, loader, changes, load } = setUp();
  loader.want([0, 1], 1, load);
  asked[0]!.fail(new Error("broken"));
  await new Promise(setImmediate);
  assert.match(String(loader.error), /broken/);
  assert.equal(asked.length, 1);
  assert.equal(changes(), 1);
});

test("another list takes the place of the one before when it has come, and never both", async () => {
  const { loader, come, list, load } = setUp();
  loader.want([0, 1], 1, load);
  await come();
  loader.want([0, 1], 1, load);
  await come();
  const other = list("b");
  loader.want([0, 1], 1, other);
  assert.ok(loader.isOf(load) && !loader.isOf(other));
  assert.equal(loader.row(PAGE), `a ${PAGE}`);
  await come();
  assert.ok(loader.isOf(other));
  assert.equal(loader.row(0), "b 0");
  assert.equal(loader.row(PAGE), null);
});

test("of lists that go faster than they are read only the last is read, and no answer of another shown", async () => {
  const { asked, loader, come, list, changes } = setUp();
  const last = list("d");
  for (const load of [list("a"), list("b"), list("c"), last]) loader.want([0], 1, load);
  await come();
  assert.equal(changes(), 0);
  assert.equal(loader.total, null);
  await come();
  assert.deepEqual(
    asked.map((each) => each.list),
    ["a", "d"],
  );
  assert.equal(loader.row(0), "d 0");
});

test("a failure of a list that nobody wants any more is no failure", async () => {
  const { asked, loader, come, list, load } = setUp();
  loader.want([0], 1, load);
  loader.want([0], 1, list("b"));
  asked[0]!.fail(new Error("broken"));
  await new Promise(setImmediate);
  await come();
  assert.equal(loader.error, null);
  assert.equal(loader.row(0), "b 0");
});
