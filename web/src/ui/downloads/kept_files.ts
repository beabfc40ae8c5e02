// The files behind downloads, as sw/kept.ts reads them.

import { FOLDER } from "../../sw/kept";

async function folder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}

/** What is known of every file that is whole. What was begun and never finished is deleted. */
export async function listKept(): Promise<unknown[]> {
  const directory = await folder();
  const names: string[] = [];
  for await (const name of directory.keys()) names.push(name);
  const whole = new Set(names.filter((name) => name.endsWith(".json")).map((name) => name.slice(0, -5)));
  const found: unknown[] = [];
  for (const name of names) {
    if (whole.has(name)) continue;
    if (name.endsWith(".json")) found.push(await readJson(directory, name));
    else await directory.removeEntry(name).catch(() => {}); // another tab may be writing it
  }
  return found.filter((it) => it !== null);
}

async function readJson(directory: FileSystemDirectoryHandle, name: string): Promise<unknown> {
  try {
    return JSON.parse(await (await (await directory.getFileHandle(name)).getFile()).text());
  } catch {
    return null;
  }
}

/** Writes a stream's octets; `progress` is told how many there are so far. Answers how many there were. */
export async function writeKept(
  name: string,
  octets: ReadableStream<Uint8Array<ArrayBuffer>>,
  progress: (count: number) => void,
): Promise<number> {
  const handle = await (await folder()).getFileHandle(name, { create: true });
  const writer = await handle.createWritable();
  let count = 0;
  const reader = octets.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      await writer.write(part.value);
      count += part.value.length;
      progress(count);
    }
    await writer.close();
    return count;
  } catch (error) {
    await reader.cancel().catch(() => {});
    await writer.abort().catch(() => {});
    await removeKept(name);
    throw error;
  }
}

/** Writes what is known of a file: from now on it is whole. */
export async function writeAbout(name: string, about: unknown): Promise<void> {
  const handle = await (await folder()).getFileHandle(`${name}.json`, { create: true });
  const writer = await handle.createWritable();
  await writer.write(JSON.stringify(about));
  await writer.close();
}

export async function removeKept(name: string): Promise<void> {
  const directory = await folder();
  for (const entry of [`${name}.json`, name]) await directory.removeEntry(entry).catch(() => {});
}

/** SHA-256 in hex. */
export async function hashOf(content: BufferSource): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", content);
  return [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}

/** The SHA-256 of a kept file, in hex. */
export async function hashOfKept(name: string): Promise<string> {
  const file = await (await (await folder()).getFileHandle(name)).getFile();
  return hashOf(await file.arrayBuffer());
}
