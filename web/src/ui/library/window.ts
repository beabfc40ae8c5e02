// The part of a long list that is on the screen: which rows to draw, and which pages of rows to ask for. A list of
// 100,000 rows costs as much as one of twenty.

import { useEffect, useRef, useState } from "preact/hooks";
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

export type Load<Row> = (page: { offset: number; limit: number }) => Promise<{ total: number; rows: Row[] }>;

interface Pages<Row> {
  total: number | null; // null until first read
  row: (at: number) => Row | null; // null while its page is on its way
  error: unknown;
}

/**
 * Keeps the pages around `span`. `key` names the list: with another one everything is asked anew. When the library
 * changes, what is shown stays until the newer rows have come.
 */
export function usePages<Row>(key: string, span: Span, load: Load<Row>): Pages<Row> {
  const version = useStore().libraryVersion.value;
  const kept = useRef({ key, pages: new Map<number, { version: number; rows: Row[] }>() });
  const [state, setState] = useState<{ key: string; total: number | null; error: unknown }>(() => nothing(key));
  if (kept.current.key !== key) kept.current = { key, pages: new Map() };
  const last = Math.max(0, Math.ceil((state.key === key ? (state.total ?? 0) : 0) / PAGE) - 1);
  const wanted = pagesOf(span).filter((page) => page <= last);
  useEffect(() => {
    let overtaken = false;
    const { pages } = kept.current;
    for (const page of wanted.length > 0 ? wanted : [0]) {
      if (pages.get(page)?.version === version) continue;
      load({ offset: page * PAGE, limit: PAGE }).then(
        ({ total, rows }) => {
          if (kept.current.pages !== pages) return;
          pages.delete(page);
          pages.set(page, { version, rows });
          for (const old of [...pages.keys()].slice(0, -PAGES_KEPT)) pages.delete(old);
          if (!overtaken) setState({ key, total, error: null });
        },
        (error: unknown) => overtaken || setState({ key, total: null, error }),
      );
    }
    return () => void (overtaken = true);
  }, [key, version, wanted.join()]);
  const current = state.key === key ? state : nothing(key);
  const row = (at: number) => kept.current.pages.get(Math.floor(at / PAGE))?.rows[at % PAGE] ?? null;
  return { total: current.total, error: current.error, row };
}

function nothing(key: string) {
  return { key, total: null, error: null };
}
