// The core's database: the official SQLite build on the origin private file system, where writes are durable and
// nothing blocks the page.

import sqlite3InitModule, { type Database as Handle } from "@sqlite.org/sqlite-wasm";
import type { Statement } from "./boundary";
import * as files from "./library_files";
import { type Rows, Statements } from "./statements";

// While another tab still holds the files, opening fails and is tried again. Without the last option a failure would
// delete the folder, library and all. (The types lack the second.)
const POOL = { forceReinitIfPreviouslyFailed: true, preserveOnInitFailure: true };
const FILE = "/library.sqlite";
const RETRY_MS = 50;
const TAKEN = "A later tab of skypod has the library.";
const LOCKED = "NoModificationAllowedError"; // of a file that another tab has open

type Sqlite = Awaited<ReturnType<typeof sqlite3InitModule>>;

type Pool = Awaited<ReturnType<Sqlite["installOpfsSAHPoolVfs"]>>;
type Open = { pool: Pool; handle: Handle };

/** Starts fetching and compiling SQLite, so that a database opens sooner. */
export const loadSqlite = (): Promise<Sqlite> => (loading ??= sqlite3InitModule());
let loading: Promise<Sqlite> | undefined;

/** What a transaction gave: each statement's rows, and whether anything is stored that was not before. */
export interface Outcome {
  rows: Rows[];
  wrote: boolean;
}

/** One open database; it has the files to itself. */
export class Database {
  readonly #place: files.Place;
  readonly #open: Open;
  readonly #statements: Statements;

  private constructor(place: files.Place, open: Open, sqlite3: Sqlite) {
    this.#place = place;
    this.#open = open;
    this.#statements = new Statements(sqlite3, open.handle);
  }

  get #handle(): Handle {
    return this.#open.handle;
  }

  /**
   * Opens the library, creating it if need be. Only who has the seat may. If another tab does not let go of the files
   * within `patienceMs`, they are copied. Rejects if the browser has no such storage or no room for a copy.
   */
  static async open(place: files.Place, patienceMs: number): Promise<Database> {
    const sqlite3 = await loadSqlite();
    const deadline = performance.now() + patienceMs;
    let open = await openFiles(sqlite3, place);
    while (!open && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      open = await openFiles(sqlite3, place);
    }
    if (!open) {
      place = await files.copy(place);
      open = await openFiles(sqlite3, place);
    }
    if (!open) throw new Error(TAKEN);
    const database = new Database(place, open, sqlite3);
    if (!(await files.settle(place))) {
      database.close();
      throw new Error(TAKEN);
    }
    void database.tidy();
    return database;
  }

  /** Deletes what earlier leaders have left behind, as far as they have let go of it. */
  tidy(): Promise<void> {
    return files.removeEarlier(this.#place);
  }

  /** Runs all statements in one transaction, or none. A lone VACUUM runs by itself. */
  run(statements: Statement[]): Outcome {
    const before = this.#handle.changes(true);
    const alone = statements.length === 1 && statements[0]!.sql === "VACUUM";
    const rows = alone ? [this.#statements.run(statements[0]!)] : this.#statements.transact(statements);
    return { rows, wrote: this.#handle.changes(true) !== before };
  }

  /** Lets go of the files. */
  close(): void {
    this.#open.handle.close();
    this.#open.pool.pauseVfs();
  }
}

/** Null while another tab has the files. */
async function openFiles(sqlite3: Sqlite, { term, directory }: files.Place): Promise<Open | null> {
  try {
    const pool = await sqlite3.installOpfsSAHPoolVfs({ ...POOL, name: `pool-${term}`, directory: `/${directory}` });
    const handle = new pool.OpfsSAHPoolDb(FILE);
    handle.exec("PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
    return { pool, handle };
  } catch (error) {
    if ((error as Error).name === LOCKED) return null;
    throw error;
  }
}
