// What the page asks of the server's feed proxy: pages' feeds, articles, audio maps, and documents that publishers keep
// from other sites' pages. Every request carries a token that this device has signed; elements that cannot set a header
// get one in their address, which is good for that one document. The core gives no token for what belongs to a private
// feed, so the server is never asked for it: that comes from where it is, or by another device (files.ts).

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { CoreError } from "../protocol";
import type { Files } from "./files";
import { strings } from "./strings";
import type { Store } from "./store";

const DEADLINE_MS = 60_000;

export interface FoundFeed {
  url: string;
  title: string; // "" if the page does not say
}

/** An article as the reader mode has found it. The HTML is a stranger's: sanitise it before it is shown. */
export interface Article {
  title: string;
  byline: string;
  html: string;
  minutes: number;
  base?: string | undefined; // where its relative addresses start from; absent where there are none
}

type Path = "discover" | "article" | "audio" | "raw" | "image" | "media";

/** A document of the web. `feed`: the one that refers to it; "" for what people have typed. */
export interface Wanted {
  url: string;
  feed: string;
}

export class Proxy {
  readonly #store: Pick<Store, "command">;
  readonly #files: Pick<Files, "open">;

  constructor(store: Pick<Store, "command">, files: Pick<Files, "open">) {
    this.#store = store;
    this.#files = files;
  }

  /** Feeds that the page at `url` names; none if it is a feed itself or names none. */
  async discover(url: string): Promise<FoundFeed[]> {
    const body = await this.#json("discover", { url, feed: "" });
    const feeds = fieldsOf(body)["feeds"];
    if (!Array.isArray(feeds)) return [];
    return feeds.map(fieldsOf).flatMap(({ url: address, title }) => {
      return typeof address === "string" && address !== "" ? [{ url: address, title: textOf(title) }] : [];
    });
  }

  /** The article of a page. */
  async article(wanted: Wanted): Promise<Article> {
    const { title, byline, html, minutes } = fieldsOf(await this.#json("article", wanted));
    if (typeof html !== "string" || html === "") throw new CoreError(422, "no_article", strings.reader.noArticle);
    const time = typeof minutes === "number" && minutes > 0 ? minutes : 0;
    return { title: textOf(title), byline: textOf(byline), html, minutes: time };
  }

  /** A document as its origin sends it: by way of the server, or of a private feed past it. */
  async raw(wanted: Wanted, signal?: AbortSignal): Promise<Response> {
    return this.get("raw", wanted, signal).catch((error: unknown) => this.#past(error, wanted, signal));
  }

  /** Audio of any length, likewise. */
  async media(wanted: Wanted, signal?: AbortSignal): Promise<Response> {
    return this.get("media", wanted, signal).catch((error: unknown) => this.#past(error, wanted, signal));
  }

  /** Audio to keep: from its publisher where that allows it, else as above. */
  async sound(wanted: Wanted, signal?: AbortSignal): Promise<Response> {
    const direct = (await this.takesLogin(wanted)) ? null : await fetchDirect(wanted.url, signal);
    return direct ?? this.media(wanted, signal);
  }

  /** Whether a document is only to be had with its feed's login, so that no element gets at it by itself. */
  async takesLogin({ url, feed }: Wanted): Promise<boolean> {
    const asked = this.#store.command("proxy.token", { document: "", url, feed });
    return asked.then(() => false, takesLogin);
  }

  /** Publishers give some of what stands beside a feed with a login to anybody: without it, that is to be had last. */
  async #past(error: unknown, wanted: Wanted, signal?: AbortSignal): Promise<Response> {
    if (!isPrivate(error)) throw error;
    const open = takesLogin(error) ? null : await fetchDirect(wanted.url, signal);
    if (open) return open;
    return this.#files.open(wanted, signal).catch(async (problem: unknown) => {
      const free = takesLogin(error) && isClosed(problem) ? await fetchDirect(wanted.url, signal) : null;
      if (!free) throw problem;
      return free;
    });
  }

  /** A document by any of the proxy's paths. Rejects with CoreError unless the answer is a good one. */
  async get(path: Path, { url, feed }: Wanted, signal?: AbortSignal, rest = ""): Promise<Response> {
    signal ??= AbortSignal.timeout(DEADLINE_MS);
    const { token } = await this.#store.command("proxy.token", { document: "", url, feed });
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(pathOf(path, url) + rest, { headers, signal }).catch(() => {
      throw new CoreError(503, "offline", strings.codes.offline);
    });
    if (response.ok) return response;
    const { code, message } = fieldsOf(await response.json().catch(() => null));
    throw new CoreError(response.status, textOf(code), textOf(message) || strings.reader.unreachable);
  }

  /** An address for an element: the document by one of the proxy's paths, with a token of its own. */
  async address(path: Path, wanted: Wanted): Promise<string> {
    return `${pathOf(path, wanted.url)}&token=${await this.#tokenFor(wanted.url, wanted)}`;
  }

  /** The address of the octets that were analysed of a document. */
  async analysed(sha256: string, wanted: Wanted): Promise<string> {
    const path = `/api/media/${sha256}`;
    return `${path}?token=${await this.#tokenFor(path, wanted)}`;
  }

  async #tokenFor(address: string, { url, feed }: Wanted): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(address));
    const document = base64url(new Uint8Array(digest));
    return (await this.#store.command("proxy.token", { document, url, feed })).token;
  }

  async #json(path: Path, wanted: Wanted): Promise<unknown> {
    const response = await this.get(path, wanted);
    return response.json().catch(() => null);
  }
}

/** Without a token: what a document is known by at the proxy. */
export function pathOf(path: Path, url: string): string {
  return `/api/${path}?url=${encodeURIComponent(url)}`;
}

/** Whether the core kept something from the server because it belongs to a private feed. */
export function isPrivate(error: unknown): boolean {
  return error instanceof CoreError && error.code === "private_feed";
}

/** Whether that is also sent the feed's login, which no element and no other request of the page can send. */
export function takesLogin(error: unknown): boolean {
  return isPrivate(error) && (error as CoreError).reason === "login";
}

/** Whether this browser may not read something, and no other device is there to ask for it. */
export function isClosed(error: unknown): boolean {
  return error instanceof CoreError && error.code === "file_closed";
}

/** A document from where it is, if that lets pages of other sites read it; else null. */
export async function fetchDirect(url: string, signal?: AbortSignal): Promise<Response | null> {
  const options: RequestInit = { signal: signal ?? null, referrerPolicy: "no-referrer", credentials: "omit" };
  const response = await fetch(url, options).catch(() => null);
  return response?.ok ? response : null;
}

export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function base64url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}

export const ProxyContext = createContext<Proxy | null>(null);

export function useProxy(): Proxy {
  const proxy = useContext(ProxyContext);
  if (!proxy) throw new Error("no proxy above this component");
  return proxy;
}
