// What the page asks of the server's feed proxy: pages' feeds, articles, audio maps, and documents that publishers keep
// from other sites' pages. Every request carries a token that this device has signed; elements that cannot set a header
// get one in their address, which is good for that one document.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { CoreError } from "../protocol";
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
}

type Path = "discover" | "article" | "raw" | "image" | "media";

export class Proxy {
  readonly #store: Pick<Store, "command">;

  constructor(store: Pick<Store, "command">) {
    this.#store = store;
  }

  /** Feeds that the page at `url` names; none if it is a feed itself or names none. */
  async discover(url: string): Promise<FoundFeed[]> {
    const body = await this.#json("discover", url);
    const feeds = fieldsOf(body)["feeds"];
    if (!Array.isArray(feeds)) return [];
    return feeds.map(fieldsOf).flatMap(({ url: address, title }) => {
      return typeof address === "string" && address !== "" ? [{ url: address, title: textOf(title) }] : [];
    });
  }

  /** The article of a page. */
  async article(url: string): Promise<Article> {
    const { title, byline, html, minutes } = fieldsOf(await this.#json("article", url));
    if (typeof html !== "string" || html === "") throw new CoreError(422, "no_article", strings.reader.noArticle);
    const time = typeof minutes === "number" && minutes > 0 ? minutes : 0;
    return { title: textOf(title), byline: textOf(byline), html, minutes: time };
  }

  /** A document as its origin sends it. */
  async raw(url: string, signal?: AbortSignal): Promise<Response> {
    return this.fetch(`/api/raw?url=${encodeURIComponent(url)}`, signal);
  }

  /** Audio of any length, as its origin sends it. */
  async media(url: string, signal?: AbortSignal): Promise<Response> {
    return this.fetch(`/api/media?url=${encodeURIComponent(url)}`, signal);
  }

  /** Any of the proxy's paths. Rejects with CoreError unless the answer is a good one. */
  async fetch(path: string, signal: AbortSignal = AbortSignal.timeout(DEADLINE_MS)): Promise<Response> {
    const { token } = await this.#store.command("proxy.token", { document: "" });
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(path, { headers, signal }).catch(() => {
      throw new CoreError(503, "offline", strings.codes.offline);
    });
    if (response.ok) return response;
    const { code, message } = fieldsOf(await response.json().catch(() => null));
    throw new CoreError(response.status, textOf(code), textOf(message) || strings.reader.unreachable);
  }

  /** An address for an element: the document at `url` by one of the proxy's paths, with a token of its own. */
  async address(path: Path, url: string): Promise<string> {
    return `/api/${path}?url=${encodeURIComponent(url)}&token=${await this.#tokenFor(url)}`;
  }

  /** The address of the octets that were analysed. */
  async analysed(sha256: string): Promise<string> {
    const path = `/api/media/${sha256}`;
    return `${path}?token=${await this.#tokenFor(path)}`;
  }

  async #tokenFor(document: string): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(document));
    return (await this.#store.command("proxy.token", { document: base64url(new Uint8Array(digest)) })).token;
  }

  async #json(path: Path, url: string): Promise<unknown> {
    const response = await this.fetch(`/api/${path}?url=${encodeURIComponent(url)}`);
    return response.json().catch(() => null);
  }
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
