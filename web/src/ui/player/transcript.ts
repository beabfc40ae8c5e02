// Transcripts: WebVTT, SubRip and the podcast namespace's JSON, as lines with their times.

import { fieldsOf } from "../proxy";

export interface Line {
  startS: number;
  endS: number;
  speaker: string; // "" if not told
  text: string;
}

/** A transcript that a feed names. */
export interface TranscriptSource {
  url: string;
  type: string;
  language: string;
}

const LINES_MAX = 20_000;

/** Types that can be followed, best first. */
const TYPES = ["text/vtt", "application/json", "application/x-subrip", "application/srt"];

/** The transcripts that a feed's entry names and that can be followed. */
export function transcriptSources(value: unknown): TranscriptSource[] {
  if (!Array.isArray(value)) return [];
  const sources = value.map(fieldsOf).flatMap((one): TranscriptSource[] => {
    const { url, language } = one;
    const type = one["mime_type"] ?? one["type"];
    if (typeof url !== "string" || typeof type !== "string" || !TYPES.includes(type)) return [];
    return [{ url, type, language: typeof language === "string" ? language : "" }];
  });
  return sources.sort((left, right) => TYPES.indexOf(left.type) - TYPES.indexOf(right.type));
}

/** Reads a transcript of any of the kinds; what cannot be read of it is left out. */
export function readTranscript(text: string): Line[] {
  const bare = text.replace(/^\uFEFF/, "");
  const lines = /^\s*[{[]/.test(bare) ? fromJson(bare) : fromCues(bare);
  return lines.slice(0, LINES_MAX).sort((left, right) => left.startS - right.startS);
}

function fromJson(text: string): Line[] {
  let segments: unknown;
  try {
    const read: unknown = JSON.parse(text);
    segments = Array.isArray(read) ? read : fieldsOf(read)["segments"];
  } catch {
    return [];
  }
  if (!Array.isArray(segments)) return [];
  return segments.flatMap((segment): Line[] => {
    const { startTime, endTime, speaker, body } = fieldsOf(segment);
    const startS = Number(startTime);
    if (!Number.isFinite(startS) || typeof body !== "string" || body.trim() === "") return [];
    const endS = Number(endTime);
    return [
      {
        startS,
        endS: Number.isFinite(endS) ? endS : startS,
        speaker: typeof speaker === "string" ? speaker : "",
        text: body.trim(),
      },
    ];
  });
}

const TIMES = /^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})/;

/** WebVTT and SubRip differ in little: a line of times, then text up to a blank line. */
function fromCues(text: string): Line[] {
  return text.split(/\r?\n[ \t]*\r?\n/).flatMap((block): Line[] => {
    const rows = block.split(/\r?\n/);
    const at = rows.findIndex((row) => TIMES.test(row));
    const times = at < 0 ? null : TIMES.exec(rows[at]!);
    if (!times) return [];
    const raw = rows.slice(at + 1).join(" ");
    const speaker = /<v(?:\.[^ >]*)?\s+([^>]+)>/.exec(raw)?.[1]?.trim() ?? "";
    const spoken = unescape(raw.replace(/<[^>]*>/g, "")).trim();
    return spoken === "" ? [] : [{ startS: seconds(times[1]!), endS: seconds(times[2]!), speaker, text: spoken }];
  });
}

function seconds(time: string): number {
  return time
    .replace(",", ".")
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", nbsp: " ", lrm: "", rlm: "" };

function unescape(text: string): string {
  return text.replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (_, name: string) => ENTITIES[name]!);
}
