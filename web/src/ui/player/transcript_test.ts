import assert from "node:assert/strict";
import { test } from "node:test";
import { indexAt, readChapters } from "./chapters";
import { readTranscript, transcriptSources } from "./transcript";

const VTT = `WEBVTT - a title

NOTE nobody reads this

1
00:00.000 --> 00:02.500 align:start
<v Ada>Hello &amp; welcome

01:00:00.000 --> 01:00:04.000
<i>An hour
later</i>
`;

test("WebVTT", () => {
  assert.deepEqual(readTranscript(VTT), [
    { startS: 0, endS: 2.5, speaker: "Ada", text: "Hello & welcome" },
    { startS: 3600, endS: 3604, speaker: "", text: "An hour later" },
  ]);
});

test("SubRip, with the line ends of another system", () => {
  const srt = "\uFEFF1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\n\r\n2\r\n00:00:03,500 --> 00:00:04,000\r\nTwo\r\n";
  assert.deepEqual(
    readTranscript(srt).map(({ startS, text }) => [startS, text]),
    [
      [1, "One"],
      [3.5, "Two"],
    ],
  );
});

test("JSON", () => {
  const json = JSON.stringify({
    version: "1.0.0",
    segments: [
      { speaker: "Bob", startTime: 5, endTime: 6, body: " Later " },
      { startTime: 0, body: "First" },
      { body: "lost" },
    ],
  });
  assert.deepEqual(
    readTranscript(json).map(({ startS, speaker, text }) => [startS, speaker, text]),
    [
      [0, "", "First"],
      [5, "Bob", "Later"],
    ],
  );
});

test("what is no transcript has no lines", () => {
  for (const text of ["", "<html>", "{", "[1,2]", "null", "00:00 --> never"]) {
    assert.deepEqual(readTranscript(text), [], text);
  }
});

test("of several transcripts the one that can be followed best comes first", () => {
  const sources = transcriptSources([
    { url: "a.html", mime_type: "text/html" },
    { url: "b.srt", mime_type: "application/srt" },
    { url: "c.vtt", mime_type: "text/vtt", language: "en" },
    { mime_type: "text/vtt" },
  ]);
  assert.deepEqual(
    sources.map(({ url }) => url),
    ["c.vtt", "b.srt"],
  );
});

test("chapters are ordered and found by time", () => {
  const chapters = readChapters({
    version: "1.2.0",
    chapters: [
      { startTime: 60, title: "Second", url: "https://example.com" },
      { startTime: 0, title: "First", img: "https://example.com/i.png" },
      { startTime: 30, title: "Hidden", toc: false },
      { title: "nowhere" },
    ],
  });
  assert.deepEqual(
    chapters.map(({ title }) => title),
    ["First", "Second"],
  );
  assert.equal(chapters[0]!.image, "https://example.com/i.png");
  assert.deepEqual(
    [-1, 0, 59, 60, 9999].map((at) => indexAt(chapters, at)),
    [-1, 0, 0, 1, 1],
  );
  assert.deepEqual(
    readChapters([{ start_seconds: 4, title: "own list" }]).map(({ startS }) => startS),
    [4],
  );
  assert.deepEqual(readChapters("nonsense"), []);
});
