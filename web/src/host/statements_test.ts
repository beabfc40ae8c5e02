import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import type { Sqlite3Static } from "@sqlite.org/sqlite-wasm";
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
