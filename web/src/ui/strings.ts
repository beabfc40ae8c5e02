// The language that people are spoken to in. `strings` is a live binding: who reads it while rendering follows a change
// of language as soon as it is rendered anew.

import { signal } from "@preact/signals";
import type { About } from "../protocol";
import { en } from "./strings/en";

export type Strings = typeof en;

/** Languages by their own names. Each is complete; only English comes with the first download. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

export let strings: Strings = en;

/** The language spoken now; whoever shows strings for long reads it to follow a change. */
export const language = signal<Language>("en");

const loaders: Record<Language, () => Promise<Strings>> = {
  en: async () => en,
  de: async () => (await import("./strings/de")).de,
};

/** The first language of the reader's that skypod speaks, else English. */
export function preferredLanguage(wanted: readonly string[] = navigator.languages): Language {
  const known = wanted.map((tag) => tag.toLowerCase().split("-")[0]!).find((tag) => Object.hasOwn(languages, tag));
  return (known as Language | undefined) ?? "en";
}

/** What an error's code means, in the reader's language; null where its own sentence, in English, is what to say. */
export function said(code: string): string | null {
  return (Object.hasOwn(strings.codes, code) && strings.codes[code]) || null;
}

/** What a notice of the core says, as `said`. */
export function news(code: string, about: About): string | null {
  return (Object.hasOwn(strings.news, code) && strings.news[code]?.(about)) || null;
}

/** Speaks `chosen` from now on; stays with the present language if that cannot be loaded. */
export async function speak(chosen: Language): Promise<void> {
  const loaded = await loaders[chosen]().catch(() => null);
  if (!loaded) return;
  strings = loaded;
  language.value = chosen;
  if (typeof document !== "undefined") document.documentElement.lang = chosen;
}
