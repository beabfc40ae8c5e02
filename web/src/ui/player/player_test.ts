import assert from "node:assert/strict";
import { test } from "node:test";
import { CoreError, type Episode, type Play } from "../../protocol";
import { type Audio, Player, type Progress, startPosition } from "./player";

class FakeAudio extends EventTarget {
  src = "";
  currentTime = 0;
  duration = Number.NaN;
  paused = true;
  ended = false;
  error: MediaError | null = null;
  loads = 0;

  play(): Promise<void> {
    this.paused = false;
    return Promise.resolve();
  }
  pause(): void {
    this.paused = true;
    this.tell("pause");
  }
  load(): void {
    this.loads++;
    this.error = null;
  }
  tell(...events: string[]): void {
    for (const event of events) this.dispatchEvent(new Event(event));
  }
  comes(durationS: number): void {
    this.duration = durationS;
    this.tell("loadedmetadata", "playing");
  }
}

const record = (positionS: number, completed = false): Play => ({ positionS, completed, device: "other", atMs: 1 });

function episode(id: string, play: Play | null = null): Episode {
  const unused = { summary: "", url: "", image: "", publishedMs: null, durationS: null, audioType: "audio/mpeg" };
  const of = { feed: "https://f.example/", feedTitle: "Feed" };
  return { ...unused, ...of, id, title: id, audioUrl: `https://f.example/${id}.mp3`, play };
}

function setUp() {
  const audio = new FakeAudio();
  const reports: Progress[] = [];
  const clock = { ms: 1_000_000 };
  const keep = (progress: Progress) => Promise.resolve(reports.push(progress));
  return { audio, reports, clock, player: new Player(audio as unknown as Audio, keep, () => clock.ms) };
}

test("an episode starts at its newest record, and from the top once it was heard to the end", () => {
  assert.equal(startPosition(episode("a")), 0);
  assert.equal(startPosition(episode("a", record(754))), 754);
  assert.equal(startPosition(episode("a", record(754, true))), 0);
});

test("nothing is reported before the audio stands where it was left", () => {
  const { audio, reports, player } = setUp();
  player.play(episode("a", record(754)));
  audio.tell("pause", "seeked", "timeupdate");
  player.reportNow();
  assert.deepEqual(reports, []);
  assert.equal(player.positionS.value, 754);
  audio.comes(1800);
  assert.equal(audio.currentTime, 754);
  audio.currentTime = 760;
  audio.pause();
  assert.deepEqual(reports, [
    { feed: "https://f.example/", episode: "a", positionS: 760, durationS: 1800, completed: false },
  ]);
});

test("a place that has not changed is not reported again, lest it hide what was heard elsewhere since", () => {
  const { audio, reports, player } = setUp();
  player.play(episode("a", record(754)));
  audio.comes(1800);
  audio.tell("seeked"); // to where it was left
  audio.currentTime = 760;
  audio.pause();
  player.reportNow();
  audio.tell("timeupdate", "seeked");
  player.reportNow();
  assert.deepEqual(
    reports.map((report) => report.positionS),
    [760],
  );
});

test("the place is reported every five seconds of playing", () => {
  const { audio, reports, clock, player } = setUp();
  player.play(episode("a"));
  audio.comes(1800);
  for (let second = 1; second <= 11; second++) {
    clock.ms += 1000;
    audio.currentTime = second;
    audio.tell("timeupdate");
  }
  assert.deepEqual(
    reports.map((report) => report.positionS),
    [5, 10],
  );
});

test("the end is reported once, as completed", () => {
  const { audio, reports, player } = setUp();
  player.play(episode("a"));
  audio.comes(60);
  Object.assign(audio, { currentTime: 60, ended: true, paused: true });
  audio.tell("seeked", "pause", "ended");
  player.reportNow(); // the page goes away
  assert.deepEqual(
    reports.map((report) => [report.positionS, report.completed]),
    [[60, true]],
  );
});

test("the end is told even where the place is known already", () => {
  const { audio, reports, player } = setUp();
  player.play(episode("a"));
  audio.comes(60);
  audio.currentTime = 60;
  audio.tell("seeked");
  Object.assign(audio, { ended: true, paused: true });
  audio.tell("ended");
  assert.deepEqual(
    reports.map((report) => report.completed),
    [false, true],
  );
});

test("changing the episode reports the old one's place under its own name", () => {
  const { audio, reports, player } = setUp();
  player.play(episode("a"));
  audio.comes(60);
  audio.currentTime = 30;
  player.play(episode("b", record(7)));
  audio.currentTime = 0; // the element starts over with the new source
  audio.tell("timeupdate", "pause");
  assert.deepEqual(
    reports.map((report) => [report.episode, report.positionS]),
    [["a", 30]],
  );
  assert.equal(player.positionS.value, 7);
});

test("a seek while loading moves the start; a seek stays within the episode", () => {
  const { audio, player } = setUp();
  player.play(episode("a", record(10)));
  player.skip(15);
  audio.comes(60);
  assert.equal(audio.currentTime, 25);
  player.skip(-30);
  assert.equal(audio.currentTime, 0);
  player.seekTo(1000);
  assert.equal(audio.currentTime, 60);
});

test("a record beyond the end of the file starts just before it", () => {
  const { audio, player } = setUp();
  player.play(episode("a", record(5000)));
  audio.comes(60);
  assert.equal(audio.currentTime, 59);
});

test("a lost connection is told and mended at the same place", () => {
  const { audio, reports, player } = setUp();
  player.play(episode("a"));
  audio.comes(60);
  audio.currentTime = 20;
  audio.tell("timeupdate");
  audio.error = { code: 2 } as MediaError;
  audio.tell("error");
  assert.deepEqual(
    reports.map((report) => report.positionS),
    [20],
  );
  assert.match(player.problem.value, /connection/);
  assert.equal(player.playing.value, false);
  player.resume();
  assert.equal(audio.loads, 1);
  audio.currentTime = 0;
  audio.comes(60);
  assert.equal(audio.currentTime, 20);
  assert.equal(player.problem.value, "");
});

test("only a web address is ever given to the element", () => {
  const { audio, player } = setUp();
  player.play({ ...episode("a"), audioUrl: "javascript:alert(1)" });
  assert.equal(audio.src, "");
});

test("a report that fails is told", async () => {
  const audio = new FakeAudio();
  const failing = () => Promise.reject(new CoreError(507, "full", "The disk is full."));
  const player = new Player(audio as unknown as Audio, failing);
  player.play(episode("a"));
  audio.comes(60);
  audio.currentTime = 1;
  player.reportNow();
  await new Promise(setImmediate);
  assert.match(player.problem.value, /The disk is full/);
});

test("speed holds for every source and a seek over silence is not reported", () => {
  const { audio, reports, player } = setUp();
  player.setSpeed(1.5);
  player.play(episode("a"));
  Object.assign(audio, { playbackRate: 1 }); // as browsers do with a new source
  audio.comes(60);
  assert.equal((audio as unknown as HTMLAudioElement).playbackRate, 1.5);
  player.jump(20);
  audio.tell("seeked");
  assert.deepEqual(reports, []);
  audio.currentTime = 30;
  audio.tell("seeked");
  assert.equal(reports.length, 1);
});

test("a feed's beginning and end are skipped, and the end counts as heard", () => {
  const { audio, reports, player } = setUp();
  const finished: string[] = [];
  player.skippedOf = () => ({ intro: 30, outro: 20 });
  player.onFinished = ({ id }) => finished.push(id);
  player.play({ ...episode("a"), durationS: 600 });
  audio.comes(600);
  assert.equal(audio.currentTime, 30);
  audio.currentTime = 580;
  audio.tell("timeupdate");
  assert.equal(audio.paused, true);
  assert.deepEqual(finished, ["a"]);
  assert.deepEqual(
    reports.map(({ positionS, completed }) => [positionS, completed]),
    [[580, true]],
  );
});

test("nothing is skipped of an episode that would hardly have anything left", () => {
  const { audio, player } = setUp();
  player.skippedOf = () => ({ intro: 30, outro: 20 });
  player.play({ ...episode("a"), durationS: 90 });
  audio.comes(90);
  assert.equal(audio.currentTime, 0);
  audio.currentTime = 80;
  audio.tell("timeupdate");
  assert.equal(audio.paused, false);
});

test("another source goes on at the same place", () => {
  const { audio, player } = setUp();
  player.play(episode("a"));
  audio.comes(600);
  audio.currentTime = 100;
  audio.tell("timeupdate");
  player.moveTo("https://skypod.example/api/media/abc");
  assert.equal(audio.paused, false);
  audio.currentTime = 0;
  audio.comes(600);
  assert.equal(audio.currentTime, 100);
});

/** As a browser tells of audio that it could not load or does not know. */
function fails(audio: FakeAudio, code: number): void {
  audio.error = { code } as MediaError;
  audio.tell("error");
}

test("what cannot be loaded is sought elsewhere, and then its absence is explained", async () => {
  const { audio, player } = setUp();
  const isThere: string[] = [];
  player.fallbackOf = ({ id }) => Promise.resolve(`/api/media/${id}`);
  player.absenceOf = ({ id }) => Promise.resolve(isThere.includes(id) ? "" : `${id} is gone`);
  const playInVain = async (id: string) => {
    player.play(episode(id));
    fails(audio, 4);
    await new Promise(setImmediate);
    assert.equal(audio.src, `/api/media/${id}`);
    fails(audio, 4);
    await new Promise(setImmediate);
  };
  await playInVain("a");
  assert.equal(player.problem.value, "a is gone");
  isThere.push("b");
  await playInVain("b");
  assert.match(player.problem.value, /damaged or in a format it does not know/);
});

test("an explanation that comes too late is not given", async () => {
  const { audio, player } = setUp();
  let explain: (sentence: string) => void = () => {};
  player.absenceOf = () => new Promise((resolve) => (explain = resolve));
  player.play(episode("a"));
  fails(audio, 4);
  await new Promise(setImmediate);
  player.play(episode("b"));
  explain("a is gone");
  await new Promise(setImmediate);
  assert.equal(player.problem.value, "");
});
