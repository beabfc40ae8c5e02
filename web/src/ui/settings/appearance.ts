// Theme and language, as chosen. Both are also kept where they can be read before the library is open, so that a page
// does not begin in other colours and words than it goes on with.

import { effect } from "@preact/signals";
import type { Preferences } from "../preferences";
import { type Language, languages, preferredLanguage, speak } from "../strings";

const KEPT = "skypod-appearance";

type Appearance = Pick<Preferences, "theme" | "language">;

/** Looks as the last time. Resolves once its language can be spoken. */
export function rememberAppearance(): Promise<void> {
  return show(kept());
}

/** Follows what is chosen from now on. */
export function followAppearance(preferences: () => Preferences): void {
  effect(() => {
    const { theme, language } = preferences();
    void show({ theme, language });
    try {
      localStorage.setItem(KEPT, JSON.stringify({ theme, language }));
    } catch {
      return; // storage may be refused: then a page begins with the browser's own
    }
  });
}

function kept(): Appearance {
  const standard: Appearance = { theme: "auto", language: "auto" };
  try {
    const { theme, language } = JSON.parse(localStorage.getItem(KEPT) ?? "{}") as Partial<Appearance>;
    const known = language !== undefined && Object.hasOwn(languages, language);
    return { theme: theme === "light" || theme === "dark" ? theme : "auto", language: known ? language : "auto" };
  } catch {
    return standard;
  }
}

function show({ theme, language }: Appearance): Promise<void> {
  document.documentElement.dataset["theme"] = theme;
  const wanted: Language = language === "auto" ? preferredLanguage() : language;
  return speak(wanted);
}
