// What the analysis of an audio file found, and how a page gets it. A map is bound to the octets it was made of by
// their SHA-256: publishers splice advertisements into each download, and another copy's silences stand elsewhere.

import { CoreError, type Episode } from "../../protocol";
import { fieldsOf, type Proxy } from "../proxy";
import { strings } from "../strings";
import type { Chapter } from "./chapters";

/** Start and end in seconds. */
export type Silence = readonly [number, number];

export interface AudioMap {
  sha256: string;
  durationS: number;
  silences: Silence[]; // ascending, not overlapping
  lufs: number | null; // integrated loudness; null for silence
  truePeakDb: number | null;
  chapters: Chapter[];
}

const SILENCES_MAX = 20_000;
const POLL_MS = 1500;

/** Reads an analysis; null if it is none. What makes no sense in it is left out. */
export function readMap(value: unknown): AudioMap | null {
  const { sha256, duration, silences, loudness, chapters } = fieldsOf(value);
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) return null;
  if (typeof duration !== "number" || !(duration > 0)) return null;
  const { lufs, truePeak } = fieldsOf(loudness);
  return {
    sha256,
    durationS: duration,
    silences: readSilences(silences, duration),
    lufs: typeof lufs === "number" ? lufs : null,
    truePeakDb: typeof truePeak === "number" ? truePeak : null,
    chapters: Array.isArray(chapters) ? chapters.flatMap(readChapter) : [],
  };
}

function readSilences(value: unknown, durationS: number): Silence[] {
  if (!Array.isArray(value)) return [];
  const silences: Silence[] = [];
  for (const pair of value.slice(0, SILENCES_MAX)) {
    const [start, end] = Array.isArray(pair) ? (pair as unknown[]) : [];
    const after = silences.at(-1)?.[1] ?? 0;
    if (typeof start !== "number" || typeof end !== "number") continue;
    if (start >= after && end > start && end <= durationS + 1) silences.push([start, end]);
  }
  return silences;
}

function readChapter(value: unknown): Chapter[] {
  const { start, title } = fieldsOf(value);
  if (typeof start !== "number" || start < 0) return [];
  return [{ startS: start, title: typeof title === "string" ? title : "", url: "", image: "" }];
}

/**
 * Asks the server to analyse an episode's audio, and waits for it. `progress` is told a share between 0 and 1, or null
 * while it is not known. Rejects with CoreError.
 */
export async function analyse(
  proxy: Proxy,
  { audioUrl: url, feed }: Pick<Episode, "audioUrl" | "feed">,
  signal: AbortSignal,
  progress: (share: number | null) => void,
): Promise<AudioMap> {
  for (;;) {
    const response = await proxy.get("audio", { url, feed }, signal);
    const body: unknown = await response.json().catch(() => null);
    const map = response.status === 200 ? readMap(body) : null;
    if (map) return map;
    if (response.status !== 202) throw new CoreError(502, "bad_reply", strings.player.notAnalysed);
    const { progress: share } = fieldsOf(body);
    progress(typeof share === "number" ? share : null);
    await pause(POLL_MS, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason as Error)), { once: true });
  });
}
