// The core's database: the official SQLite build on the origin private file system, where writes are durable and
// nothing blocks the page.

import sqlite3InitModule, { type Database as Handle, type SqlValue } from "@sqlite.org/sqlite-wasm";
import type { Statement } from "./boundary";

const DIRECTORY = "/skypod";
// While another tab still holds the files, opening fails and is tried again. Without the last option a failure would
// delete the folder, library and all. (The types lack the second.)
const POOL = { directory: DIRECTORY, forceReinitIfPreviouslyFailed: true, preserveOnInitFailure: true };
const FILE = "/library.sqlite";
const HANDLES_MAX_WAIT_MS = 5_000; // a tab that was just taken over needs a moment to let go of the files
const HANDLES_RETRY_MS = 100;

/** One open database; it has the files to itself. */
export class Database {
  readonly #handle: Handle;

  private constructor(handle: Handle) {
    this.#handle = handle;
  }

  /** Opens it, creating it if need be. Rejects if the browser has no such storage or another tab holds it. */
  static async open(): Promise<Database> {
    const sqlite3 = await sqlite3InitModule();
    const deadline = performance.now() + HANDLES_MAX_WAIT_MS;
    for (;;) {
      try {
        const pool = await sqlite3.installOpfsSAHPoolVfs(POOL);
        const handle = new pool.OpfsSAHPoolDb(FILE);
        handle.exec("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
        return new Database(handle);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, HANDLES_RETRY_MS));
      }
    }
  }

  /** Deletes the closed database, library and all. */
  static async erase(): Promise<void> {
    const root = await navigator.storage.getDirectory();
    await root.removeEntry(DIRECTORY.slice(1), { recursive: true }).catch((error: Error) => {
      if (error.name !== "NotFoundError") throw error;
    });
  }

  /** Runs all statements in one transaction, or none. Answers each one's rows. A lone VACUUM runs by itself. */
  run(statements: Statement[]): unknown[][][] {
    if (statements.length === 1 && statements[0]!.sql === "VACUUM") return [this.#runOne(statements[0]!)];
    return this.#handle.transaction("IMMEDIATE", () => statements.map((statement) => this.#runOne(statement)));
  }

  #runOne({ sql, params, many }: Statement): unknown[][] {
    const rows: unknown[][] = [];
    const prepared = this.#handle.prepare(sql);
    try {
      for (const bound of many ? (params as unknown[][]) : [params]) {
        if (bound.length > 0) prepared.bind(bound as SqlValue[]);
        while (prepared.step()) rows.push(prepared.get([]));
        prepared.reset();
      }
    } finally {
      prepared.finalize();
    }
    return rows;
  }

  close(): void {
    this.#handle.close();
  }
}
