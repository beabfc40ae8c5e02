// The part of a long list that is on the screen: which rows to draw, and which pages of rows to ask for. A list of
// 100,000 rows costs as much as one of twenty.

import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { useStore } from "../store";

export const PAGE = 100; // rows asked for at once
const SPARE = 8; // rows drawn above and below what is visible, for fast fingers
const PAGES_KEPT = 12;

export interface Span {
  first: number;
  end: number; // exclusive
}

/** The rows between `top` and `bottom`, in pixels from the list's beginning, with spare ones, of `total`. */
export function spanOf(top: number, bottom: number, height: number, total: number): Span {
  const first = Math.max(0, Math.min(total, Math.floor(top / height) - SPARE));
  const end = Math.max(first, Math.min(total, Math.ceil(bottom / height) + SPARE));
  return { first, end };
}

/** The numbers of the pages that a span touches. */
export function pagesOf({ first, end }: Span): number[] {
  if (end <= first) return [];
  const from = Math.floor(first / PAGE);
  return Array.from({ length: Math.floor((end - 1) / PAGE) - from + 1 }, (_, at) => from + at);
}

/** Follows the window's scrolling: the span of rows on the screen, of a list in the page's own flow without an end. */
export function useSpan(list: { current: HTMLElement | null }, height: number, total: number | null): Span {
  const [span, setSpan] = useState<Span>(() => spanOf(0, window.innerHeight, height, Number.POSITIVE_INFINITY));
  useEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      if (!list.current) return;
      const { top } = list.current.getBoundingClientRect();
      const next = spanOf(-top, window.innerHeight - top, height, Number.POSITIVE_INFINITY);
      setSpan((now) => (now.first === next.first && now.end === next.end ? now : next));
    };
    const soon = () => (frame ||= requestAnimationFrame(look));
    look();
    window.addEventListener("scroll", soon, { passive: true });
    window.addEventListener("resize", soon);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener("scroll", soon);
      window.removeEventListener("resize", soon);
    };
  }, [height, total]);
  return span;
}

/** Reads a part of one list. Another list has another function. */
export type Load<Row> = (page: { offset: number; limit: number }) => Promise<{ total: number; rows: Row[] }>;

/**
 * Gets the pages of a list that are on the screen, one at a time: whoever scrolls or types fast passes more of them
 * than there is time to read, so what nobody wants by its turn is left out.
 */
export class PageLoader<Row> {
  total: number | null = null; // null until first read
  error: unknown = null;

  readonly #changed: () => void;
  readonly #pages = new Map<number, { version: number; rows: Row[] }>();
  #wanted: number[] = [];
  #version = 0;
  #load: Load<Row> = () => Promise.resolve({ total: 0, rows: [] }); // of the list that is wanted
  #shown: Load<Row> | null = null; // of the list whose total and pages are here
  #loading = false;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Whether what is here is of the list that `load` reads, and not still of the one before. */
  isOf(load: Load<Row>): boolean {
    return this.#shown === load;
  }

  /** null while its page is on its way. */
  row(at: number): Row | null {
    return this.#pages.get(Math.floor(at / PAGE))?.rows[at % PAGE] ?? null;
  }

  /**
   * From now on these pages of that list are on the screen. With a newer version, or another list, what is shown stays
   * until the newer rows come.
   */
  want(pages: number[], version: number, load: Load<Row>): void {
    if (version !== this.#version || load !== this.#load) this.error = null; // it may be better now
    this.#version = version;
    this.#load = load;
    const last = this.isOf(load) ? Math.max(0, Math.ceil((this.total ?? 0) / PAGE) - 1) : 0;
    const within = pages.filter((page) => page <= last);
    this.#wanted = within.length > 0 ? within : [0];
    void this.#run();
  }

  async #run(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    for (let page = this.#next(); page !== undefined; page = this.#next()) await this.#read(page, this.#version);
    this.#loading = false;
  }

  #next(): number | undefined {
    if (this.error !== null) return undefined;
    return this.#wanted.find((page) => !this.isOf(this.#load) || this.#pages.get(page)?.version !== this.#version);
  }

  async #read(page: number, version: number): Promise<void> {
    const load = this.#load;
    try {
      const { total, rows } = await load({ offset: page * PAGE, limit: PAGE });
      if (load !== this.#load) return; // overtaken
      if (!this.isOf(load)) this.#pages.clear();
      this.#shown = load;
      this.total = total;
      this.#pages.delete(page);
      this.#pages.set(page, { version, rows });
      for (const old of [...this.#pages.keys()].slice(0, -PAGES_KEPT)) this.#pages.delete(old);
    } catch (error) {
      if (load !== this.#load) return;
      this.error = error;
    }
    this.#changed();
  }
}

/** The pages around `span` of the list that `load` reads. */
export function usePages<Row>(span: Span, load: Load<Row>): PageLoader<Row> {
  const version = useStore().libraryVersion.value;
  const [, redraw] = useState(0);
  const loader = useMemo(() => new PageLoader<Row>(() => redraw((count) => count + 1)), []);
  const wanted = pagesOf(span);
  useLayoutEffect(
    () => loader.want(wanted, version, load),
    [version, load, loader.isOf(load), loader.total, wanted.join()],
  );
  return loader;
}
