// Where the library's files are. They are locked by whoever has opened them, and a tab that hangs does not let go. Then
// they are copied, and the copy is the library: whatever the old tab still writes when it wakes up goes to files that
// nobody reads any more. docs/decisions/0017-a-leader-that-hangs.md

import * as records from "./records";

/** Of version 0.1; every copy has a name of its own. */
const FIRST = "skypod";
const COPY = /^skypod\.(\d+)$/; // and the term of the leader that made it
const POOL = ".opaque"; // the folder in which SQLite's pool keeps its files
const PROBE = "skypod-probe";
const PROBE_OCTETS = 512 * 1024; // about what a transaction may need

const COPY_MAX_WAIT_MS = 5_000; // for the old tab to finish the one transaction that it may be in
const STILL_MS = 20; // a file that was not written to for so long cannot have changed without its time showing it
const CHUNK_OCTETS = 8 * 1024 * 1024;

const STILL_WRITTEN = "Another tab of skypod has the library and still writes to it. Close that tab, then reload.";
const NO_ROOM =
  "Another tab of skypod has the library and does not answer, and there is no room for a copy of it. Close that tab, " +
  "then reload; nothing that was saved is lost.";

/** A leader's term, higher than that of any before, and the directory where the library is. */
export interface Place {
  readonly term: number;
  readonly directory: string;
}

/** term: the highest that was taken. leader: the term of who last settled on the directory. */
type Kept = Place & { leader: number };

/** A file that is open in this worker, and in nobody else. (The types have only what pages have.) */
interface OpenFile {
  truncate(octets: number): void;
  write(part: ArrayBuffer, options: { at: number }): number;
  flush(): void;
  close(): void;
}

const NOWHERE: Kept = { term: 0, leader: 0, directory: FIRST };

/** A new leader's term, and the directory that it finds. */
export async function takeTerm(): Promise<Place> {
  let place = NOWHERE;
  await records.update<Kept>("library", (known = NOWHERE) => (place = { ...known, term: known.term + 1 }));
  return place;
}

/** Makes it the library's directory. False if a later leader has settled already: this one is deposed. */
export async function settle({ term, directory }: Place): Promise<boolean> {
  let settled = false;
  await records.update<Kept>("library", (known = NOWHERE) => {
    settled = known.leader <= term;
    return settled ? { ...known, leader: term, directory } : null;
  });
  return settled;
}

/** Copies the files, which another tab has open. Answers the place of the copy, which is durable. */
export async function copy({ term, directory }: Place): Promise<Place> {
  const place = { term, directory: `skypod.${term}` };
  const from = await pool(directory);
  const to = await pool(place.directory);
  const deadline = performance.now() + COPY_MAX_WAIT_MS;
  try {
    while (!(await copiedWhole(from, to))) {
      if (performance.now() > deadline) throw new Error(STILL_WRITTEN);
    }
  } catch (error) {
    await removeEarlier({ term: term + 1, directory });
    throw (error as Error).name === "QuotaExceededError" ? new Error(NO_ROOM) : error;
  }
  return place;
}

/** Deletes what earlier leaders have left behind. What is still open stays until the next time. */
export async function removeEarlier({ term, directory }: Place): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) {
    const earlier = name === FIRST || Number(COPY.exec(name)?.[1] ?? Infinity) < term;
    if (earlier && name !== directory) await root.removeEntry(name, { recursive: true }).catch(() => {});
  }
}

/** Deletes the closed library. */
export async function removeAll(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) {
    if (name === FIRST || COPY.test(name)) await root.removeEntry(name, { recursive: true });
  }
}

/** Whether the browser lets anything be stored: what it says of its quota is not what it keeps to. */
export async function hasRoom(): Promise<boolean> {
  const root = await navigator.storage.getDirectory();
  const file = await open(root, PROBE).catch(() => null);
  try {
    return file?.write(new ArrayBuffer(PROBE_OCTETS), { at: 0 }) === PROBE_OCTETS;
  } catch {
    return false;
  } finally {
    file?.close();
    await root.removeEntry(PROBE).catch(() => {});
  }
}

async function pool(directory: string): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  const parent = await root.getDirectoryHandle(directory, { create: true });
  return parent.getDirectoryHandle(POOL, { create: true });
}

/** False if anything may have changed meanwhile, so that the copy may hold half of a transaction. */
async function copiedWhole(from: FileSystemDirectoryHandle, to: FileSystemDirectoryHandle): Promise<boolean> {
  const before = await filesOf(from);
  const newest = Math.max(...before.map(({ lastModified }) => lastModified));
  if (Date.now() - newest < STILL_MS) await new Promise((resolve) => setTimeout(resolve, STILL_MS));
  try {
    for (const file of before) await copyFile(file, to);
  } catch (error) {
    if ((error as Error).name === "NotReadableError") return false; // it has changed since it was listed
    throw error;
  }
  const after = await filesOf(from);
  return same(before, after);
}

async function filesOf(directory: FileSystemDirectoryHandle): Promise<File[]> {
  const files = [];
  for await (const handle of directory.values()) {
    if (handle.kind === "file") files.push(await (handle as FileSystemFileHandle).getFile());
  }
  return files;
}

function same(before: File[], after: File[]): boolean {
  const known = new Map(before.map((file) => [file.name, file]));
  return after.every(({ name, size, lastModified }) => {
    const file = known.get(name);
    return file?.size === size && file.lastModified === lastModified;
  });
}

async function open(directory: FileSystemDirectoryHandle, name: string): Promise<OpenFile> {
  const handle: unknown = await directory.getFileHandle(name, { create: true });
  return (handle as { createSyncAccessHandle(): Promise<OpenFile> }).createSyncAccessHandle();
}

/** The next part is read while one is written. */
async function copyFile(file: File, to: FileSystemDirectoryHandle): Promise<void> {
  const target = await open(to, file.name);
  const read = (at: number) => file.slice(at, at + CHUNK_OCTETS).arrayBuffer();
  try {
    target.truncate(0);
    let next = read(0);
    for (let at = 0; at < file.size; at += CHUNK_OCTETS) {
      const part = await next;
      next = read(at + CHUNK_OCTETS);
      if (target.write(part, { at }) !== part.byteLength) throw new Error("The copy of the library was cut short.");
    }
    await next;
    target.flush();
  } finally {
    target.close();
  }
}
