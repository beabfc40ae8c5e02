import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import * as packed from "./packed_rows";
import { Statements } from "./statements";

// The package finds its module beside itself, so it is not part of this bundle. Tests run in web/.
const installed = createRequire(`${process.cwd()}/package.json`).resolve("@sqlite.org/sqlite-wasm");
const { default: load } = await import(/* @vite-ignore */ pathToFileURL(installed).href);
const sqlite3: Sqlite3Static = await load({ print: () => {}, printErr: () => {} });

const open = () => new Statements(sqlite3, new sqlite3.oo1.DB(":memory:"));
const once = (sql: string, params: unknown[] = []) => ({ sql, params, many: false });

test("every value comes back as it went in, of the same type", () => {
  const statements = open();
  const long = "x".repeat(200_000);
  const values = [null, 0, -1, 2 ** 31, -(2 ** 53), 0.5, "", "at", "Ж and 🎧", "\ufeffmark", "a\0b", `ü${long}`];
  for (const value of values) assert.deepEqual(statements.run(once("SELECT ?", [value])), [[value]]);
  for (const size of [0, 8, 300_000]) {
    const octets = new Uint8Array(size).map((_, i) => i % 251);
    assert.deepEqual(statements.run(once("SELECT ?", [octets])), [[octets]]);
  }
  const types = once("SELECT typeof(?), typeof(?), typeof(?), typeof(?)", [2 ** 40, 0.5, "", new Uint8Array()]);
  assert.deepEqual(statements.run(types), [["integer", "real", "text", "blob"]]);
});

test("a statement runs with each list of parameters, and its rows follow each other", () => {
  const statements = open();
  statements.run(once("CREATE TABLE t(a INTEGER PRIMARY KEY, b)"));
  const rows = Array.from({ length: 20_000 }, (_, i) => [i, i % 2 ? `text ${i}` : new Uint8Array(8).fill(i)]);
  assert.deepEqual(statements.run({ sql: "INSERT INTO t VALUES(?,?)", params: rows, many: true }), []);
  const found = statements.run({ sql: "SELECT a, b FROM t WHERE a = ?", params: rows.map(([a]) => [a]), many: true });
  assert.deepEqual(found, rows);
});

test("what SQLite refuses is thrown, and the next statement runs", () => {
  const statements = open();
  statements.run(once("CREATE TABLE t(a INTEGER PRIMARY KEY)"));
  assert.throws(() => statements.run({ sql: "INSERT INTO t VALUES(?)", params: [[1], [1]], many: true }), /UNIQUE/);
  assert.throws(() => statements.run(once("SELECT ?", [1, 2])), /RANGE|range/);
  assert.throws(() => statements.run(once("SELECT missing")), /no such column/);
  assert.deepEqual(statements.run(once("SELECT a FROM t")), [[1]]);
});

test("a transaction is stored as a whole, or not at all", () => {
  const statements = open();
  statements.transact([once("CREATE TABLE t(a INTEGER PRIMARY KEY)"), once("INSERT INTO t VALUES(1)")]);
  const second = [once("INSERT INTO t VALUES(2)"), once("INSERT INTO t VALUES(1)")];
  assert.throws(() => statements.transact(second), /UNIQUE/);
  assert.deepEqual(statements.transact([once("INSERT INTO t VALUES(3)"), once("SELECT a FROM t")]), [[], [[1], [3]]]);
});

test("a statement that is run again knows nothing of the last time", () => {
  const statements = open();
  statements.run(once("CREATE TABLE t(a INTEGER PRIMARY KEY)"));
  assert.deepEqual(statements.run(once("SELECT ?, ?", ["first", 1])), [["first", 1]]);
  assert.deepEqual(statements.run(once("SELECT ?, ?", ["second"])), [["second", null]]);
  for (let i = 0; i < 3; i++) assert.throws(() => statements.run(once("INSERT INTO t VALUES(1), (?)", [1])), /UNIQUE/);
  assert.deepEqual(statements.run(once("INSERT INTO t VALUES(1), (?)", [2])), []);
  statements.run(once("ALTER TABLE t ADD COLUMN b DEFAULT 'new'"));
  for (let i = 0; i < 300; i++) statements.run(once(`SELECT ${i}, a FROM t`));
  assert.deepEqual(statements.run(once("SELECT * FROM t")), [[1, "new"], [2, "new"]]);
  statements.run(once("DROP TABLE t"));
});

/** The values of packed rows: numbers are told apart by their kind. */
function unpack(octets: unknown): unknown[] {
  assert.ok(octets instanceof Uint8Array);
  const reader = new packed.PackedReader(octets);
  const values: unknown[] = [];
  while (!reader.atEnd) {
    reader.next();
    const { kind, number, at, size } = reader;
    if (kind === packed.NULL) values.push(null);
    else if (kind < packed.TEXT) values.push(kind === packed.REAL ? { real: number } : number);
    else values.push(kind === packed.TEXT ? new TextDecoder().decode(octets.subarray(at, at + size)) : [at, size]);
  }
  return values;
}

test("packed rows go in and come out, of the same type", () => {
  const statements = open();
  const whole = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, 2 ** 53, -1, -24, -25, -(2 ** 40)];
  const real = [0.5, 5, -1e300];
  const texts = ["", "at", "Ж 🎧", "x".repeat(200_000)];
  const writer = new packed.PackedWriter();
  for (const number of whole) writer.whole(number);
  for (const number of real) writer.real(number);
  for (const text of texts) {
    const octets = new TextEncoder().encode(text);
    writer.copy(packed.TEXT, octets, 0, octets.length);
  }
  writer.null();
  const rows = writer.finish();
  const expected = [...whole, ...real.map((number) => ({ real: number })), ...texts, null];
  assert.deepEqual(unpack(rows), expected);
  assert.deepEqual(unpack(statements.run({ sql: "SELECT ?", params: rows, many: true })), expected);
  const types = unpack(statements.run({ sql: "SELECT typeof(?)", params: rows, many: true }));
  const counts = ["integer", "real", "text", "null"].map((type) => types.filter((it) => it === type).length);
  assert.deepEqual(counts, [whole.length, real.length, texts.length, 1]);
});

test("octets in packed rows stay what they are", () => {
  const statements = open();
  for (const size of [0, 8, 64, 65, 300_000]) {
    const octets = new Uint8Array(size).map((_, i) => i % 251);
    const writer = new packed.PackedWriter();
    writer.copy(packed.OCTETS, octets, 0, size);
    const answer = statements.run({ sql: "SELECT ?", params: writer.finish(), many: true }) as Uint8Array;
    const [[at, length]] = unpack(answer) as [[number, number]];
    assert.deepEqual(answer.subarray(at, at + length), octets);
  }
});

test("packed rows that cannot be read are refused, and a row that SQLite refuses", () => {
  const statements = open();
  statements.run(once("CREATE TABLE t(a INTEGER PRIMARY KEY)"));
  const run = (sql: string, ...octets: number[]) =>
    statements.run({ sql, params: Uint8Array.from(octets), many: true });
  for (const octets of [[0x80], [0xc0], [0xf5], [0xf9, 0, 0], [0x62, 0x61], [0x19, 1], [0x1c], [0xfb, 0]]) {
    assert.throws(() => run("SELECT ?", ...octets), String(octets));
  }
  assert.throws(() => run("SELECT ?, ?", 1), /cannot be read/);
  assert.throws(() => run("SELECT 1", 1), /parameters/);
  assert.throws(() => run("INSERT INTO t VALUES(?)", 1, 1), /UNIQUE/);
  assert.deepEqual(statements.run(once("SELECT a FROM t")), [[1]]);
});
