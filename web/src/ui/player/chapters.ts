// Chapters of an episode: from the feed itself, from the file that it names (podcast namespace, JSON), or from the
// audio file.

import { fieldsOf } from "../proxy";

export interface Chapter {
  startS: number;
  title: string;
  url: string; // "" for none; may be anything, so check it before it becomes a link
  image: string;
}

const CHAPTERS_MAX = 1000;

/**
 * Reads a JSON chapters file, or a feed's own list of them; those that are not for the table of contents are left
 * out.
 */
export function readChapters(value: unknown): Chapter[] {
  const list = Array.isArray(value) ? value : fieldsOf(value)["chapters"];
  if (!Array.isArray(list)) return [];
  const chapters = list.slice(0, CHAPTERS_MAX).flatMap((one): Chapter[] => {
    const { startTime, start_seconds, title, url, img, image, toc } = fieldsOf(one);
    const startS = Number(startTime ?? start_seconds);
    if (!Number.isFinite(startS) || startS < 0 || toc === false) return [];
    const text = (field: unknown) => (typeof field === "string" ? field : "");
    return [{ startS, title: text(title), url: text(url), image: text(img ?? image) }];
  });
  return chapters.sort((left, right) => left.startS - right.startS);
}

/** Which chapter, or other timed thing, is on at that time; -1 before the first. */
export function indexAt(starts: readonly { startS: number }[], positionS: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]!.startS <= positionS) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
