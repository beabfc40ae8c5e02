import assert from "node:assert/strict";
import { test } from "node:test";
import { languages, preferredLanguage, speak, type Strings, strings } from "./strings";
import { de } from "./strings/de";
import { en } from "./strings/en";

const translations: Record<string, Strings> = { de };

/** codes_test.ts looks at codes and news. */
const APART = ["codes", "news", "shortcuts.keys"];

/** Where one language has something that the other lacks, is of another kind, or is left as it was. */
function differences(english: unknown, other: unknown, path: string): string[] {
  if (typeof english !== typeof other) return [`${path}: ${typeof english} and ${typeof other}`];
  if (typeof english === "function") {
    return english.length === (other as typeof english).length ? [] : [`${path}: takes other values`];
  }
  if (typeof english === "string") return other === "" ? [`${path}: empty`] : [];
  if (typeof english !== "object" || english === null || Array.isArray(english)) return [];
  const names = [...new Set([...Object.keys(english), ...Object.keys(other as object)])];
  return names.flatMap((name) => {
    const own = (value: unknown) => (value as Record<string, unknown>)[name];
    return APART.includes(path) ? [] : differences(own(english), own(other), join(path, name));
  });
}

const join = (path: string, name: string) => (path === "" ? name : `${path}.${name}`);

test("every language says everything", () => {
  assert.deepEqual(
    Object.keys(translations).sort(),
    Object.keys(languages)
      .filter((it) => it !== "en")
      .sort(),
  );
  for (const [name, translation] of Object.entries(translations)) {
    assert.deepEqual(differences(en, translation, ""), [], name);
  }
});

test("a lack is noticed", () => {
  const { library: _, ...without } = de;
  assert.deepEqual(differences(en, without, ""), ["library: object and undefined"]);
  const lacking = { ...de, queue: { ...de.queue, add: "" } };
  assert.deepEqual(differences(en, lacking, ""), ["queue.add: empty"]);
});

test("translations name the 64 pictures that people compare", () => {
  for (const { pictures } of Object.values(translations)) {
    assert.equal(new Set(pictures.names).size, 64);
  }
});

test("the reader's first known language is spoken, and English otherwise", async () => {
  assert.equal(preferredLanguage(["fr-CH", "de-AT", "en"]), "de");
  assert.equal(preferredLanguage(["fr", "tlh"]), "en");
  assert.equal(preferredLanguage([]), "en");
  await speak("de");
  assert.equal(strings.app.settings, de.app.settings);
  await speak("en");
  assert.equal(strings.app.settings, en.app.settings);
});
