// Fetches a piece of a file at its own address, past the server, if its host lets pages of other sites read it (CORS).

import type { FileAnswer } from "./boundary";
import { request } from "./direct";

interface Wanted {
  url: string;
  authorization: string;
  from: number;
  count: number; // at least 1
}

/**
 * Rejects if this page may not read it. Redirects as in fetchDirect. Hosts seldom let pages read the Content-Range; how
 * long the file is can then be told from the length of all that follows.
 */
export async function fetchPiece({ url, authorization, from, count }: Wanted): Promise<FileAnswer> {
  const response = await request(url, authorization, { range: `bytes=${from}-${from + count - 1}` });
  const { status, headers } = response;
  const type = headers.get("content-type") ?? "";
  const range = headers.get("content-range") ?? "";
  if (status !== 200 && status !== 206) {
    await response.body?.cancel();
    return { status, type, range, total: null, octets: new Uint8Array() };
  }
  const octets = await firstOf(response, count);
  const isOpen = status === 206 && range === "" && octets.length === count;
  const total = isOpen ? await lengthFrom(from, url, authorization) : status === 200 ? lengthOf(headers) : null;
  return { status, type, range, total, octets };
}

/** How long a file is that has octets at `from`; null if its host does not say. */
async function lengthFrom(from: number, url: string, authorization: string): Promise<number | null> {
  const response = await request(url, authorization, { range: `bytes=${from}-` });
  await response.body?.cancel();
  const rest = lengthOf(response.headers);
  return response.status === 206 && rest !== null ? from + rest : null;
}

/** Null also for what is compressed on its way: its length is that of something else. */
function lengthOf(headers: Headers): number | null {
  const told = headers.get("content-encoding") ? null : headers.get("content-length");
  return told !== null && /^\d{1,15}$/.test(told) ? Number(told) : null;
}

/** The first octets of a body; the rest is not waited for. */
async function firstOf(response: Response, count: number): Promise<Uint8Array> {
  const octets = new Uint8Array(count);
  const reader = response.body?.getReader();
  let length = 0;
  for (let read = await reader?.read(); read?.value && length < count; read = await reader?.read()) {
    const part = read.value.subarray(0, count - length);
    octets.set(part, length);
    length += part.length;
    if (length === count) break;
  }
  await reader?.cancel();
  return octets.subarray(0, length);
}
