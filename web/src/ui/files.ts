// Files of private feeds, past the server: the core fetches them piece by piece, with the feed's login where it is for
// them, too (file.piece). A player asks for them by way of the service worker, which asks this page in turn
// (sw/asked.ts): so an element can play what wants a header that no element can send.

import { type Commands, CoreError, type Piece } from "../protocol";
import type { PieceAsked, PieceTold } from "../sw/asked";
import type { Wanted } from "./proxy";

const PIECE = 1024 * 1024; // octets
const AT_ONCE = 2; // pieces; another device fetches three for this one
const BUSY_RETRIES = 5;
const BUSY_MS = 2_000;

interface Core {
  command(name: "file.piece", args: Commands["file.piece"][0]): Promise<Piece>;
}

export class Files {
  readonly #core: Core;
  readonly #wanted = new Map<string, Wanted>(); // by the name that the service worker knows
  readonly #names = new Map<string, string>();
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(core: Core) {
    this.#core = core;
  }

  /** Answers the service worker from now on. */
  listen(container: ServiceWorkerContainer | undefined): void {
    container?.addEventListener("message", ({ data, ports: [port] }: MessageEvent<PieceAsked | null>) => {
      if (data?.type === "file.piece" && port) void this.#tell(data, port);
    });
  }

  /**
   * An address for an element of this page; "" where there is no service worker to answer it. It says nothing of the
   * file: should the service worker be gone, the server gets to see it.
   */
  address(wanted: Wanted): string {
    if (!navigator.serviceWorker?.controller) return "";
    const key = `${wanted.feed} ${wanted.url}`;
    const name = this.#names.get(key) ?? crypto.randomUUID();
    this.#names.set(key, name);
    this.#wanted.set(name, wanted);
    return new URL(`asked/${name}`, document.baseURI).href;
  }

  /** The whole file. Rejects with CoreError if its first piece cannot be had; the body fails if a later one cannot. */
  async open(wanted: Wanted, signal?: AbortSignal): Promise<Response> {
    const first = await this.#piece(wanted, 0, PIECE, signal);
    const headers = { "Content-Type": first.type || "application/octet-stream", "Content-Length": `${first.total}` };
    let at = 0;
    const pull = async (out: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
      const { octets, total } = at === 0 ? first : await this.#piece(wanted, at, PIECE, signal);
      if (total !== first.total) throw new CoreError(502, "bad_answer", "The file was changed meanwhile.");
      if (octets.length > 0) out.enqueue(octets);
      at += octets.length;
      if (at >= total || octets.length === 0) out.close();
    };
    return new Response(new ReadableStream({ pull }, { highWaterMark: 0 }), { headers });
  }

  async #tell({ name, from, count }: PieceAsked, port: MessagePort): Promise<void> {
    const wanted = this.#wanted.get(name);
    const failed = (status: number): PieceTold => ({ status });
    const told = wanted
      ? await this.#piece(wanted, from, count).catch((error: unknown) =>
          failed(error instanceof CoreError ? error.status : 502),
        )
      : failed(404);
    port.postMessage(told satisfies PieceTold);
  }

  async #piece({ url, feed }: Wanted, from: number, count: number, signal?: AbortSignal): Promise<Piece> {
    for (let tries = 0; ; tries++) {
      signal?.throwIfAborted();
      try {
        return await this.#inTurn(() => this.#core.command("file.piece", { url, feed, from, count }));
      } catch (error) {
        const isBusy = error instanceof CoreError && error.reason === "helper_busy";
        if (!isBusy || tries === BUSY_RETRIES) throw error;
        await new Promise((resolve) => setTimeout(resolve, BUSY_MS));
      }
    }
  }

  async #inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#underWay >= AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#underWay++;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift(); // takes over this one's turn
      if (next) next();
      else this.#underWay--;
    }
  }
}
