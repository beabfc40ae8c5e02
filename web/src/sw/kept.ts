// Files that people keep on this device, in the origin private file system: `NAME` with the octets and `NAME.json` with
// what is known of them. The second is written last, so a file without it is not whole.

import { rangeOf } from "./range";

/** The folder of those files. */
export const FOLDER = "kept";

/** Answers a player that asks for a kept file. */
export async function kept(name: string, request: Request): Promise<Response> {
  const file = await open(name).catch(() => null);
  if (!file) return new Response(null, { status: 404 });
  const range = rangeOf(request.headers.get("range"), file.content.size);
  const headers: Record<string, string> = { "Content-Type": file.type, "Accept-Ranges": "bytes" };
  if (range === null)
    return new Response(file.content, { headers: { ...headers, "Content-Length": `${file.content.size}` } });
  if (range === "outside") {
    return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${file.content.size}` } });
  }
  const { start, end } = range;
  headers["Content-Range"] = `bytes ${start}-${end}/${file.content.size}`;
  headers["Content-Length"] = `${end - start + 1}`;
  return new Response(file.content.slice(start, end + 1, file.type), { status: 206, headers });
}

async function open(name: string): Promise<{ content: File; type: string }> {
  const root = await navigator.storage.getDirectory();
  const folder = await root.getDirectoryHandle(FOLDER);
  const about: unknown = JSON.parse(await (await (await folder.getFileHandle(`${name}.json`)).getFile()).text());
  const type = (about as { type?: unknown } | null)?.type;
  const content = await (await folder.getFileHandle(name)).getFile();
  return { content, type: typeof type === "string" && /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : "audio/mpeg" };
}
