// Every code that can reach people has its meaning in every language. The codes are looked for where the core, the
// server and the page make them, so that a new one is noticed.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { news, said, speak } from "../strings";
import * as german from "./codes_de";
import * as english from "./codes_en";

const ROOT = ".."; // npm runs this in web/

/** Made by the server for programs and its operator, or for elements of the page that show no sentence. */
const FOR_PROGRAMS = new Set([
  ...["bad_request", "bad_host", "bad_width", "method_not_allowed", "websocket_expected", "not_found"],
  ...["request_timeout", "foreign_origin", "no_subscription", "not_asked_for", "no_such_version", "not_stored"],
  ...["not_a_file", "unreadable"],
  ...["not_a_picture", "picture_too_large", "bad_picture", "no_pictures"],
]);

/** The files below a folder of the project that are part of the program. */
function sources(folder: string, ending: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => ending.test(name) && !/_test\.\w+$/.test(name))
    .map((name) => readFileSync(join(ROOT, folder, name), "utf8"));
}

/** What the pattern's first group finds in them. */
function found(texts: string[], pattern: RegExp): string[] {
  return [...new Set(texts.flatMap((text) => [...text.matchAll(pattern)].map((match) => match[1]!)))];
}

const cpp = (...folders: string[]) => folders.flatMap((folder) => sources(folder, /\.[ch]pp$/));

const errors = found(cpp("core/wire"), /Row\{ErrorCode::\w+, \d{3}, "(\w+)"/g);
const reasons = [
  ...found(cpp("core/device"), /failed\(\s*"(\w+)"/g),
  ...found(cpp("core/device"), /bad_input\("[^"]*",\s*"(\w+)"\)/g),
  ...found(cpp("core"), /storage_failed,\s*"[^"]*",\s*"(\w+)"\}/g),
];
const answers = [
  ...found(cpp("native", "server"), /\b[1-5]\d\d,\s*"([a-z_]+)"/g),
  ...found([readFileSync(join(ROOT, "native/feed_loader.cpp"), "utf8")], /return "([a-z_]+)";/g),
  ...found(cpp("media"), /Failure\{\s*"([a-z_]+)"/g),
  ...found([readFileSync(join(ROOT, "media/demuxer.cpp"), "utf8")], /^ {6}"([a-z_]+)",$/gm),
];
const host = sources("web/src/host", /\.ts$/);
const ours = [
  ...found(host, /(?:\b(?:code|reason): |CoreError\(\s*\d+,\s*)"([a-z_]+)"(?!, text)/g),
  ...found(host, /CoreError\(\d+, "\w+", [^"]+, "([a-z_]+)"\)/g),
];
const notices = [
  ...found(cpp("core/device"), /notify\(\s*"\w+", "(\w+)"/g),
  ...found(host, /code: "([a-z_]+)", text/g),
];
const lies = found(cpp("core/device"), /\{realm::Lie::\w+, "(\w+)"/g);

test("codes are found in each of their places", () => {
  for (const code of ["not_a_member", "queue_full"]) assert.ok(errors.includes(code), code);
  for (const code of ["helper_silent", "in_realm", "newer_library"]) assert.ok(reasons.includes(code), code);
  for (const code of ["name_not_found", "too_deep", "upstream_status", "busy", "not_audio", "audio_too_long"]) {
    assert.ok(answers.includes(code), code);
  }
  for (const code of ["interrupted", "bad_reply", "no_storage", "stopped"]) assert.ok(ours.includes(code), code);
  for (const code of ["device_joined", "server_lies", "not_stored"]) assert.ok(notices.includes(code), code);
  assert.ok(lies.length >= 7);
});

test("every code that reaches people has an entry in both languages, and no entry is of no code", () => {
  const codes = [...new Set([...errors, ...reasons, ...answers, ...ours])].filter((code) => !FOR_PROGRAMS.has(code));
  assert.deepEqual(Object.keys(english.codes).sort(), codes.sort());
  assert.deepEqual(Object.keys(german.codes).sort(), codes.sort());
  assert.deepEqual(Object.keys(english.news).sort(), notices.sort());
  assert.deepEqual(Object.keys(german.news).sort(), notices.sort());
  assert.deepEqual(german.knownLies.toSorted(), lies.sort());
});

test("in translations every entry is a sentence", () => {
  for (const [code, sentence] of Object.entries(german.codes)) {
    assert.match(sentence ?? "", /^(skypod|[A-ZÄÖÜ]).{20,}\.$/, code);
  }
  const about = { by: "Küche", device: "Telefon", lie: "withheld", minutes: 12, ahead: true };
  for (const [code, sentence] of Object.entries(german.news)) {
    assert.match(sentence?.(about) ?? "", /^(skypod|[A-ZÄÖÜ„]).{20,}\.$/s, code);
    assert.doesNotMatch(sentence?.(about) ?? "", /undefined/, code);
  }
});

test("a code that is not known, or is one of JavaScript's own names, is no sentence", async () => {
  for (const language of ["en", "de"] as const) {
    await speak(language);
    for (const code of ["", "constructor", "toString", "of_the_future"]) {
      assert.equal(said(code), null);
      assert.equal(news(code, {}), null);
    }
  }
  assert.equal(said("removed"), german.codes["removed"]);
  await speak("en");
  assert.equal(said("bad_input"), null);
});
