import assert from "node:assert/strict";
import { test } from "node:test";
import { readMap, type Silence } from "./audio_map";
import { nextJump, SilenceSkipper } from "./silence";

const silences: Silence[] = [
  [10, 12],
  [20, 20.1],
  [30, 33],
];

const rounded = (jump: ReturnType<typeof nextJump>) =>
  jump && [Math.round(jump.fromS * 100) / 100, Math.round(jump.toS * 100) / 100];

test("the next jump is over the next silence that is worth it", () => {
  assert.deepEqual(rounded(nextJump(silences, 0)), [10, 12]);
  assert.deepEqual(rounded(nextJump(silences, 11)), [11, 12]);
  assert.deepEqual(rounded(nextJump(silences, 11.9)), [30, 33]);
  assert.deepEqual(rounded(nextJump(silences, 15)), [30, 33]);
  assert.equal(nextJump(silences, 33), null);
  assert.equal(nextJump([], 0), null);
});

class FakeAudio extends EventTarget {
  currentTime = 0;
  playbackRate = 1;
  paused = false;
  seeking = false;
}

test("playing into a silence jumps to its end and counts what was saved", () => {
  const audio = new FakeAudio();
  const jumps: number[] = [];
  const skipper = new SilenceSkipper(audio as unknown as HTMLAudioElement, (seconds) => {
    jumps.push(Math.round(seconds * 100) / 100);
    audio.currentTime = seconds;
  });
  skipper.follow(silences);
  audio.currentTime = 10.5;
  audio.dispatchEvent(new Event("timeupdate"));
  assert.deepEqual(jumps, [12]);
  assert.equal(Math.round(skipper.savedS.value * 100) / 100, 1.5);
  audio.paused = true;
  audio.currentTime = 31;
  audio.dispatchEvent(new Event("seeked"));
  assert.equal(jumps.length, 1, "not while paused");
  skipper.follow([]);
  audio.paused = false;
  audio.dispatchEvent(new Event("playing"));
  assert.equal(jumps.length, 1, "not without a map");
});

test("of an analysis only what makes sense is taken", () => {
  const sha256 = "a".repeat(64);
  const loudness = { lufs: -19.5, truePeak: -2 };
  const found = readMap({
    sha256,
    duration: 60,
    silences: [
      [1, 2],
      [1.5, 3],
      ["x", 4],
      [5, 5],
      [6, 7],
      [50, 900],
    ],
    loudness,
    chapters: [{ start: 0, title: "One" }, { title: "nowhere" }],
  });
  assert.deepEqual(found?.silences, [
    [1, 2],
    [6, 7],
  ]);
  assert.equal(found?.lufs, -19.5);
  assert.deepEqual(
    found?.chapters.map(({ title }) => title),
    ["One"],
  );
  for (const nonsense of [null, [], {}, { sha256: "short", duration: 1 }, { sha256, duration: "1" }]) {
    assert.equal(readMap(nonsense), null);
  }
});
