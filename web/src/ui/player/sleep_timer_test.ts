import assert from "node:assert/strict";
import { test } from "node:test";
import { SleepTimer } from "./sleep_timer";

function setUp() {
  const audio = { volume: 1 };
  const clock = { ms: 0 };
  const stopped: number[] = [];
  const timer = new SleepTimer(
    audio,
    () => stopped.push(clock.ms),
    () => clock.ms,
  );
  return { audio, clock, stopped, timer };
}

test("the sound fades, stops, and is as loud as before the next time", () => {
  const { audio, clock, stopped, timer } = setUp();
  timer.after(1);
  assert.equal(timer.leftS.value, 60);
  clock.ms = 57_000;
  timer.tick();
  assert.equal(audio.volume, 0.5);
  clock.ms = 60_000;
  timer.tick();
  assert.deepEqual(stopped, [60_000]);
  assert.equal(audio.volume, 1);
  assert.equal(timer.state.value, null);
});

test("at the end of an episode it holds once", () => {
  const { timer } = setUp();
  assert.equal(timer.holdsAtEnd(), false);
  timer.atEndOfEpisode();
  assert.equal(timer.holdsAtEnd(), true);
  assert.equal(timer.holdsAtEnd(), false);
});

test("a cancelled timer does nothing", () => {
  const { audio, clock, stopped, timer } = setUp();
  timer.after(1);
  clock.ms = 58_000;
  timer.tick();
  timer.cancel();
  clock.ms = 70_000;
  timer.tick();
  assert.deepEqual(stopped, []);
  assert.equal(audio.volume, 1);
});
