// What people have chosen: for all devices, for this one, or for one feed. A choice for this device wins over one for
// all; where nothing was chosen the default stands. The core keeps and syncs them as plain names and values.

import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Setting, Settings } from "../protocol";
import { type Language, languages } from "./strings";

/** name → its default; a value of another type is not taken. Switches are 0 or 1, times seconds, sizes per cent. */
export const defaults = {
  speed: 1,
  silence: 0, // skip silences
  volume: 0, // make every episode equally loud
  back: 15,
  forward: 30,
  advance: 1, // go on with the queue
  theme: "auto" as "auto" | "light" | "dark",
  language: "auto" as "auto" | Language,
  text: 100,
  images: 1, // show pictures in articles
};

export type Preferences = typeof defaults;
export type PreferenceName = keyof Preferences;

/** What one feed's episodes are played and read with; absent: as everything else. */
export interface FeedPreferences {
  speed?: number;
  silence?: number;
  intro?: number; // seconds to skip at the beginning …
  outro?: number; // … and at the end
  full?: number; // fetch the whole article, where the feed brings only its beginning
}

export interface KnownSettings {
  everywhere: Settings;
  here: Settings;
}

const choices: Partial<Record<PreferenceName, readonly string[]>> = {
  theme: ["auto", "light", "dark"],
  language: ["auto", ...Object.keys(languages)],
};

const ranges: Partial<Record<PreferenceName, readonly [number, number]>> = {
  speed: [0.5, 4],
  back: [5, 120],
  forward: [5, 120],
  text: [80, 200],
};

/** Whether a name can have that value: another version, or another app, may have written it. */
export function isValid(name: PreferenceName, value: Setting | undefined): boolean {
  if (typeof value !== typeof defaults[name]) return false;
  if (typeof value === "string") return choices[name]?.includes(value) ?? true;
  const [least, most] = ranges[name] ?? [0, 1];
  return Number.isFinite(value) && value! >= least && value! <= most;
}

/** The choices that hold, of everything that the core knows. */
export function resolve({ everywhere, here }: KnownSettings): Preferences {
  const chosen = Object.entries(defaults).map(([name, standard]) => {
    const valid = [here[name], everywhere[name]].find((value) => isValid(name as PreferenceName, value));
    return [name, valid ?? standard];
  });
  return Object.fromEntries(chosen) as Preferences;
}

/** The setting under which a feed's preferences stand: names are short, addresses are not. 64-bit FNV-1a. */
export function feedSetting(feed: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const octet of new TextEncoder().encode(feed)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(octet)) * 0x100000001b3n);
  }
  return `feed:${hash.toString(16).padStart(16, "0")}`;
}

/** A feed's preferences; what is not understood is left out. */
export function feedPreferences({ everywhere }: KnownSettings, feed: string): FeedPreferences {
  const text = everywhere[feedSetting(feed)];
  if (typeof text !== "string") return {};
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null) return {};
    const bounds = { speed: [0.5, 4], silence: [0, 1], intro: [0, 3600], outro: [0, 3600], full: [0, 1] } as const;
    const entries = Object.entries(bounds).flatMap(([name, [least, most]]) => {
      const value = (read as Record<string, unknown>)[name];
      return typeof value === "number" && value >= least && value <= most ? [[name, value]] : [];
    });
    return Object.fromEntries(entries) as FeedPreferences;
  } catch {
    return {};
  }
}

/** Settings as the screens see them. */
export class PreferenceStore {
  readonly known = signal<KnownSettings>({ everywhere: {}, here: {} });
  readonly all: ReadonlySignal<Preferences> = computed(() => resolve(this.known.value));

  forFeed(feed: string): FeedPreferences {
    return feedPreferences(this.known.value, feed);
  }
}
