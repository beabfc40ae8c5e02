// Runs SQL statements on SQLite's own functions. The official wrapper checks and allocates for every value, which takes
// more time than storing a large library does.

import type { Database as Handle, PreparedStatement, Sqlite3Static } from "@sqlite.org/sqlite-wasm";
import type { Statement } from "./boundary";
import * as packed from "./packed_rows";

const ROW = 100; // result codes and types as in sqlite3.h
const DONE = 101;
const WHOLE = 1;
const FLOAT = 2;
const TEXT = 3;
const NULL = 5;
const STATIC = 0; // what is bound stays where it is until the statement has run
const SHORT_CHARS = 64; // up to here a loop is quicker than the encoder
const OCTETS_PER_CHAR = 3; // at most, in UTF-8
const SCRATCH_OCTETS = 64 * 1024;
const KEPT_MAX = 128;

const plain = (sql: string): Statement => ({ sql, params: [], many: false });
const BEGIN = plain("BEGIN IMMEDIATE");
const COMMIT = plain("COMMIT");
const ROLLBACK = plain("ROLLBACK");

type Value = null | number | string | Uint8Array;
export type Rows = unknown[][] | Uint8Array; // packed, for packed parameters
type Functions = Record<string, (a: number, b?: number, c?: number | bigint, d?: number, e?: number) => number>;

/**
 * Runs the statements of one database. What they are bound to lies in a scratch area of SQLite's memory. Each is
 * prepared once and kept for the next time; the handle finalizes them when it closes.
 */
export class Statements {
  readonly #handle: Handle;
  readonly #wasm: Sqlite3Static["wasm"];
  readonly #functions: Functions;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  readonly #kept = new Map<string, PreparedStatement>(); // by their SQL
  #scratch = 0;
  #size = 0;

  constructor(sqlite3: Sqlite3Static, handle: Handle) {
    this.#handle = handle;
    this.#wasm = sqlite3.wasm;
    this.#functions = sqlite3.wasm.exports as Functions;
  }

  /** Runs all in one transaction, or none; each one's rows. Throws what SQLite says. */
  transact(all: Statement[]): Rows[] {
    this.run(BEGIN);
    try {
      const rows = all.map((each) => this.run(each));
      this.run(COMMIT);
      return rows;
    } catch (error) {
      if (this.#isInTransaction()) this.run(ROLLBACK);
      throw error;
    }
  }

  /** SQLite ends a transaction by itself if its files fail. */
  #isInTransaction(): boolean {
    return this.#call("sqlite3_get_autocommit", Number(this.#handle.pointer)) === 0;
  }

  /** The rows of a statement that is run once, or with each list of parameters. Throws what SQLite says. */
  run({ sql, params, many }: Statement): Rows {
    const statement = this.#prepared(sql);
    try {
      if (params instanceof Uint8Array) return this.#runPacked(statement, params);
      const rows: unknown[][] = [];
      for (const values of (many ? params : [params]) as Value[][]) {
        this.#bindAll(statement, values);
        this.#stepThrough(statement, rows);
        this.#call("sqlite3_reset", statement);
      }
      return rows;
    } finally {
      this.#call("sqlite3_reset", statement);
      this.#call("sqlite3_clear_bindings", statement);
    }
  }

  #prepared(sql: string): number {
    let prepared = this.#kept.get(sql);
    if (!prepared) {
      if (this.#kept.size >= KEPT_MAX) this.#finalizeAll();
      prepared = this.#handle.prepare(sql);
      this.#kept.set(sql, prepared);
    }
    return Number(prepared.pointer);
  }

  #finalizeAll(): void {
    for (const prepared of this.#kept.values()) prepared.finalize();
    this.#kept.clear();
  }

  /** The same with packed rows; answers packed ones. */
  #runPacked(statement: number, params: Uint8Array): Uint8Array {
    const count = this.#call("sqlite3_bind_parameter_count", statement);
    if (count === 0) throw new Error("packed rows are for a statement with parameters");
    this.#grow(params.length);
    this.#wasm.heap8u().set(params, this.#scratch);
    const reader = new packed.PackedReader(params);
    const rows = new packed.PackedWriter();
    while (!reader.atEnd) {
      for (let i = 1; i <= count; i++) this.#checked(this.#bindPacked(statement, i, reader), 0);
      this.#packRows(statement, rows);
      this.#call("sqlite3_reset", statement);
    }
    return rows.finish();
  }

  #bindPacked(statement: number, index: number, reader: packed.PackedReader): number {
    reader.next();
    if (reader.kind === packed.WHOLE) return this.#bindNumber(statement, index, reader.number);
    if (reader.kind === packed.NULL) return this.#call("sqlite3_bind_null", statement, index);
    if (reader.kind === packed.REAL) return this.#call("sqlite3_bind_double", statement, index, reader.number);
    const bind = reader.kind === packed.TEXT ? "sqlite3_bind_text" : "sqlite3_bind_blob";
    return this.#call(bind, statement, index, this.#scratch + reader.at, reader.size, STATIC);
  }

  #packRows(statement: number, rows: packed.PackedWriter): void {
    const columns = this.#call("sqlite3_column_count", statement);
    while (this.#step(statement)) {
      const heap = this.#wasm.heap8u();
      for (let i = 0; i < columns; i++) this.#packColumn(statement, i, heap, rows);
    }
  }

  #packColumn(statement: number, index: number, heap: Uint8Array, rows: packed.PackedWriter): void {
    const type = this.#call("sqlite3_column_type", statement, index);
    if (type === WHOLE) return rows.whole(this.#call("sqlite3_column_double", statement, index));
    if (type === FLOAT) return rows.real(this.#call("sqlite3_column_double", statement, index));
    if (type === NULL) return rows.null();
    const at = this.#call("sqlite3_column_blob", statement, index); // a text would be copied to end in a NUL
    const size = this.#call("sqlite3_column_bytes", statement, index);
    rows.copy(type === TEXT ? packed.TEXT : packed.OCTETS, heap, at, size);
  }

  // By name, and all from here: V8 before version 12 crashes where it has made a call of WebAssembly part of a loop.
  #call(name: string, a: number, b?: number, c?: number | bigint, d?: number, e?: number): number {
    return this.#functions[name]!(a, b, c, d, e);
  }

  #bindAll(statement: number, values: Value[]): void {
    this.#reserve(values);
    const heap = this.#wasm.heap8u();
    let at = this.#scratch;
    for (let i = 0; i < values.length; i++) at += this.#bind(statement, i + 1, values[i]!, heap, at);
  }

  /** Makes room for all that is not a number. */
  #reserve(values: Value[]): void {
    let octets = 0;
    for (const value of values) {
      if (typeof value === "string") octets += value.length * OCTETS_PER_CHAR;
      else if (value instanceof Uint8Array) octets += value.length;
    }
    this.#grow(octets);
  }

  #grow(octets: number): void {
    if (octets <= this.#size && this.#size > 0) return;
    this.#size = Math.max(SCRATCH_OCTETS, octets);
    this.#scratch = Number(this.#wasm.realloc(this.#scratch, this.#size));
  }

  /** Binds one value; answers how much of the scratch area it takes. */
  #bind(statement: number, index: number, value: Value, heap: Uint8Array, at: number): number {
    if (value === null) return this.#checked(this.#call("sqlite3_bind_null", statement, index), 0);
    if (typeof value === "number") return this.#checked(this.#bindNumber(statement, index, value), 0);
    const isText = typeof value === "string";
    const octets = isText ? this.#writeText(value, heap, at) : value.length;
    if (!isText) heap.set(value, at);
    const bind = isText ? "sqlite3_bind_text" : "sqlite3_bind_blob";
    return this.#checked(this.#call(bind, statement, index, at, octets, STATIC), octets);
  }

  #bindNumber(statement: number, index: number, value: number): number {
    if ((value | 0) === value) return this.#call("sqlite3_bind_int", statement, index, value);
    if (Number.isInteger(value)) return this.#call("sqlite3_bind_int64", statement, index, BigInt(value));
    return this.#call("sqlite3_bind_double", statement, index, value);
  }

  #writeText(text: string, heap: Uint8Array, at: number): number {
    const { length } = text;
    let i = 0;
    if (length <= SHORT_CHARS) {
      for (; i < length; i++) {
        const code = text.charCodeAt(i);
        if (code > 0x7f) break;
        heap[at + i] = code;
      }
    }
    if (i === length) return length;
    return this.#encoder.encodeInto(text, heap.subarray(at, this.#scratch + this.#size)).written;
  }

  #stepThrough(statement: number, rows: unknown[][]): void {
    const columns = this.#call("sqlite3_column_count", statement);
    while (this.#step(statement)) {
      const row = new Array<unknown>(columns);
      for (let i = 0; i < columns; i++) row[i] = this.#column(statement, i);
      rows.push(row);
    }
  }

  /** Whether there is a row. */
  #step(statement: number): boolean {
    const code = this.#call("sqlite3_step", statement);
    return code === ROW || this.#checked(code === DONE ? 0 : code, false);
  }

  /** A whole number is at most 2^53, which a float holds exactly. */
  #column(statement: number, index: number): Value {
    const type = this.#call("sqlite3_column_type", statement, index);
    if (type <= FLOAT) return this.#call("sqlite3_column_double", statement, index);
    if (type === NULL) return null;
    const at = this.#call("sqlite3_column_blob", statement, index);
    const octets = this.#wasm.heap8u().subarray(at, at + this.#call("sqlite3_column_bytes", statement, index));
    return type === TEXT ? this.#decoder.decode(octets) : octets.slice();
  }

  #checked<T>(code: number, result: T): T {
    if (code !== 0) this.#handle.checkRc(code);
    return result;
  }
}
