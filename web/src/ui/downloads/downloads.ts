// Episodes and articles that people keep on this device. Sound comes from its publisher where that allows it, else by
// way of the server; the map of its silences is kept beside it, if it was made of the same octets.

import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { type Content, CoreError, type Episode } from "../../protocol";
import { PICTURES, pictureKey } from "../../sw/pictures";
import { webAddress } from "../format";
import { analyse, type AudioMap, readMap } from "../player/audio_map";
import { type Article, fieldsOf, pathOf, type Proxy } from "../proxy";
import { WIDTHS } from "../pictures";
import { picturesOf } from "../reader/pictures";
import { sentence } from "../store";
import { strings } from "../strings";
import { hashOf, hashOfKept, listKept, removeKept, writeAbout, writeKept } from "./kept_files";

export interface Kept {
  name: string; // of its file
  feed: string;
  id: string;
  title: string;
  feedTitle: string;
  type: string;
  octets: number;
  savedMs: number;
  map: unknown; // as the server gave it; null if there is none for these octets
  article: Article | null;
}

export interface Loading {
  episode: Episode;
  received: number;
  total: number | null;
  problem: string; // "" while it is loading
  stop: AbortController;
}

const HASHED_MAX = 400 * 1024 * 1024; // octets; more would not fit into memory at once
const PICTURES_MAX = 60;

const keyOf = ({ feed, id }: Pick<Episode, "feed" | "id">) => `${feed} ${id}`;

export interface DownloadsParts {
  proxy: Proxy;
  contentOf: (episode: Episode) => Promise<Content | null>; // what its feed brought of it
  tell: (problem: string) => void;
}

export class Downloads {
  readonly kept = signal<ReadonlyMap<string, Kept>>(new Map());
  readonly loading = signal<ReadonlyMap<string, Loading>>(new Map());

  readonly #proxy: Proxy;
  readonly #contentOf: (episode: Episode) => Promise<Content | null>;
  readonly #tell: (problem: string) => void;

  constructor({ proxy, contentOf, tell }: DownloadsParts) {
    this.#proxy = proxy;
    this.#contentOf = contentOf;
    this.#tell = tell;
  }

  /** Reads what is kept; without the storage for it there is nothing. */
  async open(): Promise<void> {
    const found = (await listKept().catch(() => [])) as Kept[];
    this.kept.value = new Map(found.filter(isKept).map((it) => [keyOf(it), it]));
  }

  isKept(episode: Episode): boolean {
    return this.kept.value.has(keyOf(episode));
  }

  /** The address that the service worker answers; null for what is not kept. */
  sourceOf(episode: Episode): string | null {
    const kept = this.kept.value.get(keyOf(episode));
    return kept && !kept.article ? new URL(`kept/${kept.name}`, document.baseURI).href : null;
  }

  mapOf(episode: Episode): AudioMap | null {
    return readMap(this.kept.value.get(keyOf(episode))?.map);
  }

  articleOf(episode: Episode): Article | null {
    return this.kept.value.get(keyOf(episode))?.article ?? null;
  }

  /** Keeps an episode's sound, or an article with its pictures. What is under way is not begun again. */
  async keep(episode: Episode): Promise<void> {
    const key = keyOf(episode);
    if (this.isKept(episode) || this.loading.value.get(key)?.problem === "") return;
    const stop = new AbortController();
    this.#setLoading(key, { episode, received: 0, total: null, problem: "", stop });
    try {
      const name = (await hashOf(new TextEncoder().encode(key))).slice(0, 32);
      const kept = episode.audioUrl
        ? await this.#keepSound(name, episode, stop)
        : await this.#keepArticle(name, episode);
      this.#setKept(key, kept);
      this.#setLoading(key, null);
    } catch (error) {
      const stopped = stop.signal.aborted;
      const problem = stopped ? "" : problemOf(error);
      this.#setLoading(key, stopped ? null : { episode, received: 0, total: null, problem, stop });
      if (!stopped) this.#tell(strings.downloads.failed(episode.title, problem));
    }
  }

  /** Ends a download, or forgets that one failed. */
  cancel(episode: Episode): void {
    const key = keyOf(episode);
    this.loading.value.get(key)?.stop.abort();
    this.#setLoading(key, null);
  }

  async remove(episode: Pick<Episode, "feed" | "id">): Promise<void> {
    const kept = this.kept.value.get(keyOf(episode));
    if (!kept) return;
    await removeKept(kept.name);
    if (kept.article) await forgetPictures(kept.article);
    this.#setKept(keyOf(episode), null);
  }

  async removeAll(): Promise<void> {
    for (const kept of [...this.kept.value.values()]) await this.remove(kept);
  }

  async #keepSound(name: string, episode: Episode, stop: AbortController): Promise<Kept> {
    const response = await this.#fetchSound(episode, stop.signal);
    if (!response.body) throw new CoreError(502, "bad_reply", strings.reader.unreachable);
    const total = Number(response.headers.get("content-length")) || null;
    const key = keyOf(episode);
    const progress = (received: number) => {
      this.#setLoading(key, { episode, received, total, problem: "", stop });
    };
    const octets = await writeKept(name, response.body, progress);
    const type = response.headers.get("content-type")?.split(";")[0]?.trim() || episode.audioType || "audio/mpeg";
    const map = await this.#mapOfOctets(name, octets, episode, stop.signal);
    return this.#finish(name, episode, { type, octets, map, article: null });
  }

  async #fetchSound({ audioUrl, feed }: Episode, signal: AbortSignal): Promise<Response> {
    const url = webAddress(audioUrl);
    if (!url) throw new CoreError(400, "bad_url", strings.player.unavailable);
    return this.#proxy.sound({ url, feed }, signal);
  }

  /** The map of a kept file, if the server has one already that was made of the very same octets. */
  async #mapOfOctets(name: string, octets: number, episode: Episode, signal: AbortSignal): Promise<unknown> {
    if (octets > HASHED_MAX) return null;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(20_000)]);
    const map = await analyse(this.#proxy, episode, deadline, () => {}).catch(() => null);
    if (!map || map.sha256 !== (await hashOfKept(name))) return null;
    const { sha256, durationS, silences, lufs, truePeakDb, chapters } = map;
    const told = chapters.map(({ startS, title }) => ({ start: startS, title }));
    return { sha256, duration: durationS, silences, loudness: { lufs, truePeak: truePeakDb }, chapters: told };
  }

  async #keepArticle(name: string, episode: Episode): Promise<Kept> {
    const article = await this.#articleOf(episode);
    const octets = new TextEncoder().encode(article.html);
    await writeKept(name, new Blob([octets]).stream(), () => {});
    await this.#keepPictures(article, episode.feed);
    return this.#finish(name, episode, { type: "text/html", octets: octets.length, map: null, article });
  }

  /** The article of its page; or the text of its feed where there is no such page, nothing on it, or it is private. */
  async #articleOf(episode: Episode): Promise<Article> {
    try {
      if (!webAddress(episode.url)) throw new CoreError(422, "no_article", strings.reader.noArticle);
      return await this.#proxy.article(episode);
    } catch (error) {
      const { html, minutes = 0, base } = (await this.#contentOf(episode)) ?? {};
      const isThere = error instanceof CoreError && ["no_article", "private_feed"].includes(error.code);
      if (!html || !isThere) throw error;
      return { title: episode.title, byline: "", html, minutes, base };
    }
  }

  async #keepPictures({ html, base }: Article, feed: string): Promise<void> {
    const cache = await caches.open(PICTURES);
    for (const url of picturesOf(html, base).slice(0, PICTURES_MAX)) {
      const wanted = { url, feed };
      const small = this.#proxy.get("image", wanted, undefined, SMALL).catch(() => this.#proxy.raw(wanted));
      const response = await small.catch(() => null); // an article may lack a picture
      if (response?.headers.get("content-type")?.startsWith("image/")) await cache.put(keyOfPicture(url), response);
    }
  }

  async #finish(
    name: string,
    { feed, id, title, feedTitle }: Episode,
    rest: Pick<Kept, "type" | "octets" | "map" | "article">,
  ): Promise<Kept> {
    const kept: Kept = { name, feed, id, title, feedTitle, savedMs: Date.now(), ...rest };
    await writeAbout(name, kept);
    return kept;
  }

  #setKept(key: string, kept: Kept | null): void {
    const next = new Map(this.kept.value);
    if (kept) next.set(key, kept);
    else next.delete(key);
    this.kept.value = next;
  }

  #setLoading(key: string, loading: Loading | null): void {
    const next = new Map(this.loading.value);
    if (loading) next.set(key, loading);
    else next.delete(key);
    this.loading.value = next;
  }
}

const SMALL = `&w=${WIDTHS.article}`;
const keyOfPicture = (url: string) => pictureKey(pathOf("image", url) + SMALL, location.origin);

async function forgetPictures({ html, base }: Article): Promise<void> {
  const cache = await caches.open(PICTURES);
  for (const url of picturesOf(html, base)) await cache.delete(keyOfPicture(url));
}

function isKept(value: unknown): value is Kept {
  const { name, feed, id, octets } = fieldsOf(value);
  return [name, feed, id].every((it) => typeof it === "string") && typeof octets === "number";
}

function problemOf(error: unknown): string {
  const full = error instanceof DOMException && error.name === "QuotaExceededError";
  if (full) return strings.downloads.full;
  return error instanceof TypeError ? strings.codes.offline : sentence(error);
}

export const DownloadsContext = createContext<Downloads | null>(null);

export function useDownloads(): Downloads {
  const downloads = useContext(DownloadsContext);
  if (!downloads) throw new Error("no downloads above this component");
  return downloads;
}
