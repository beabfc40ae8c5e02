// Files that only the page can get at, for its player: each range that the player asks for is asked of the page.

/** From the service worker to the page, with a port for the answer. */
export interface PieceAsked {
  type: "file.piece";
  name: string; // the page's own, for one of its files
  from: number;
  count: number;
}

/** The answer: a part of the file, or the HTTP status that says why there is none. */
export type PieceTold = { type: string; total: number; octets: Uint8Array<ArrayBuffer> } | { status: number };

export type Ask = (from: number, count: number) => Promise<PieceTold>;

const PIECE = 512 * 1024; // octets; about half a minute of sound
const PATIENCE_MS = 120_000;

/** What is needed of a service worker's Client. */
interface Page {
  postMessage(message: PieceAsked, transfer: MessagePort[]): void;
}

/** Asks the page that wants the file. */
export function askOf(page: Page | undefined, name: string): Ask {
  return (from, count) =>
    new Promise((resolve) => {
      if (!page) return resolve({ status: 404 });
      const { port1, port2 } = new MessageChannel();
      const timer = setTimeout(() => resolve({ status: 504 }), PATIENCE_MS); // the page may be gone
      port1.onmessage = ({ data }: MessageEvent<PieceTold>) => {
        clearTimeout(timer);
        port1.close();
        resolve(data);
      };
      page.postMessage({ type: "file.piece", name, from, count }, [port2]);
    });
}

/**
 * Answers a player's request with the beginning of the range that it wants; it asks for the rest by itself. Players
 * always name a range; without one, the file's beginning is meant.
 */
export async function asked(range: string | null, ask: Ask): Promise<Response> {
  const match = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? "") ?? ["", "0", ""];
  const [, first = "", last = ""] = match;
  if (first === "") return fromTheEnd(Number(last), ask);
  const from = Number(first);
  const wanted = last === "" ? PIECE : Number(last) - from + 1;
  if (wanted < 1) return new Response(null, { status: 416 });
  return answer(from, await ask(from, Math.min(PIECE, wanted)));
}

async function fromTheEnd(count: number, ask: Ask): Promise<Response> {
  const told = await ask(0, 1);
  if ("status" in told) return new Response(null, { status: told.status });
  const from = Math.max(0, told.total - count);
  return answer(from, await ask(from, Math.max(1, Math.min(PIECE, count))));
}

function answer(from: number, told: PieceTold): Response {
  if ("status" in told) return new Response(null, { status: told.status });
  const { type, total, octets } = told;
  if (octets.length === 0) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${total}` } });
  const headers = {
    "Content-Type": /^(audio|video)\//.test(type) ? type : "audio/mpeg", // browsers look at the octets
    "Content-Length": `${octets.length}`,
    "Content-Range": `bytes ${from}-${from + octets.length - 1}/${total}`,
    "Accept-Ranges": "bytes",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  };
  return new Response(octets, { status: 206, headers });
}
