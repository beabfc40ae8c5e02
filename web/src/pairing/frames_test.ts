import assert from "node:assert/strict";
import { test } from "node:test";
import { CHUNK_CHARS_MAX, FRAMES_MAX, FrameCollector, TEXT_CHARS_MAX, toFrames } from "./frames";

const text = (length: number, first = "a") =>
  first + Array.from({ length: length - 1 }, (_, at) => "abcdefghijklmnop-_.0123456789"[(at * 7) % 29]).join("");

function collect(frames: string[]): string | null {
  const collector = new FrameCollector();
  let whole: string | null = null;
  for (const frame of frames) whole = collector.accept(frame)?.text ?? whole;
  return whole;
}

test("a text of any allowed length comes back", () => {
  for (const length of [1, CHUNK_CHARS_MAX - 1, CHUNK_CHARS_MAX, CHUNK_CHARS_MAX + 1, 1000, 4321, TEXT_CHARS_MAX]) {
    const original = text(length);
    assert.equal(collect(toFrames(original)), original, `length ${length}`);
  }
});

test("a frame fits a symbol that a phone reads off a screen", () => {
  const frames = toFrames(text(TEXT_CHARS_MAX));
  assert.equal(frames.length, FRAMES_MAX);
  for (const frame of frames) assert.ok(frame.length <= 300, `${frame.length} characters`);
});

test("the frames of a text differ by no more than the remainder in length", () => {
  const lengths = toFrames(text(CHUNK_CHARS_MAX + 2)).map((frame) => frame.length);
  assert.deepEqual(lengths.length, 2);
  assert.ok(Math.abs(lengths[0]! - lengths[1]!) <= 1);
});

test("order, repetition and foreign codes do not matter", () => {
  const original = text(900);
  const [one, two, three, four] = toFrames(original) as [string, string, string, string];
  assert.equal(collect([four, "https://example.com", two, two, one, "", four, three]), original);
});

test("progress is told with each frame and nothing is whole too early", () => {
  const collector = new FrameCollector();
  const [one, two] = toFrames(text(400)) as [string, string];
  assert.deepEqual(collector.accept(two), { have: 1, total: 2, text: null });
  assert.deepEqual(collector.accept(two), { have: 1, total: 2, text: null });
  assert.equal(collector.accept("WIFI:S:guest;;"), null);
  assert.equal(collector.accept(one)?.text, text(400));
});

test("a renewed code starts over instead of mixing", () => {
  const renewed = text(400, "b");
  const stale = toFrames(text(400));
  const fresh = toFrames(renewed);
  assert.equal(collect([stale[0]!, fresh[1]!]), null);
  assert.equal(collect([stale[0]!, fresh[1]!, fresh[0]!]), renewed);
});

test("a misread frame is not accepted as the text and can be read again", () => {
  const original = text(400);
  const [one, two] = toFrames(original) as [string, string];
  const misread = one.slice(0, -1) + (one.endsWith("x") ? "y" : "x");
  const collector = new FrameCollector();
  collector.accept(misread);
  assert.deepEqual(collector.accept(two), { have: 0, total: 2, text: null });
  collector.accept(one);
  assert.equal(collector.accept(two)?.text, original);
});

test("what only looks like a frame is foreign", () => {
  const head = "0123abcd";
  const lookalikes = [
    `skypod1 0/1 ${head} a`,
    `skypod1 2/1 ${head} a`,
    `skypod1 1/65 ${head} a`,
    `skypod1 1/100 ${head} a`,
    `skypod2 1/1 ${head} a`,
    `skypod1 1/1 ${head.toUpperCase()} a`,
    `skypod1 1/1 ${head} `,
    `skypod1 1/1 ${head} a b`,
    `skypod1 1/1 ${head} ${"a".repeat(CHUNK_CHARS_MAX + 1)}`,
  ];
  for (const lookalike of lookalikes) assert.equal(new FrameCollector().accept(lookalike), null, lookalike);
});

test("a text that cannot be framed is refused with the reason", () => {
  assert.throws(() => toFrames(text(TEXT_CHARS_MAX + 1)), /at most 17408/);
  assert.throws(() => toFrames(""), /visible ASCII/);
  assert.throws(() => toFrames("zwei Wörter"), /visible ASCII/);
});
