// The player in a real browser, with real sound: speed, chapters and transcript that follow, silences that are skipped,
// the queue, the sleep timer, another device, downloads that play and seek without any network, and what goes wrong.
import assert from "node:assert/strict";
import { look } from "./looks.mjs";
import { GAPPED, startPublisher } from "./publisher.mjs";
import { found, inspect, invitation, paste, registration } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const { server, folder, a, b, walk } = scenario("a", "b");
const publisher = await startPublisher(folder);

const row = (device, title) => device.at("episode-row").filter({ hasText: title });
const openFeed = async (device) => {
  await device.at("nav-library").click();
  await device.at("subscription-row").filter({ hasText: "The Test Tones" }).locator("a").click();
  await device.at("episode-row").first().waitFor();
};
const play = async (device, title) => {
  await openFeed(device);
  await row(device, title).getByTestId("episode-play").click();
};
const position = (device) => device.at("player-position").getAttribute("data-seconds").then(Number);
const reaches = (device, seconds) =>
  device.page.waitForFunction(
    (least) => Number(document.querySelector('[data-testid="player-position"]')?.dataset.seconds) >= least,
    seconds,
    { timeout: 40_000 },
  );
const hasMap = (device) =>
  device.page.locator('[data-testid="sound-state"][data-map="true"]').waitFor({ state: "attached", timeout: 40_000 });
const LOUDER_MAX_DB = 12;

/** Runs before the app: taps what goes to the loudspeakers by way of Web Audio. */
function tapSpeakers() {
  const { connect } = AudioNode.prototype;
  AudioNode.prototype.connect = function (to, ...more) {
    if (to instanceof AudioDestinationNode) {
      window.speakers = new AnalyserNode(this.context, { fftSize: 16384 });
      connect.call(this, window.speakers);
    }
    return connect.call(this, to, ...more);
  };
}
a.scripts.push(tapSpeakers);

const STEADY_FRAMES = 30;

/** How loud the loudspeakers are, in decibels below full scale, once that has stayed the same for some frames. */
const loudness = async (device) => {
  await device.page.evaluate(() => {
    window.levels = []; // those of before are of another setting
  });
  const measured = await device.page.waitForFunction((frames) => {
    const { speakers, levels } = window;
    const samples = new Float32Array(speakers.fftSize);
    speakers.getFloatTimeDomainData(samples);
    levels.push(10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length));
    window.levels = levels.slice(-frames);
    const isSteady = levels.length > frames && Math.max(...window.levels) - Math.min(...window.levels) < 0.2;
    return isSteady ? levels.at(-1) : false;
  }, STEADY_FRAMES);
  return measured.jsonValue();
};
const audio = (device, read) => device.page.evaluate(`(${read})(document.querySelector("audio"))`);
const playing = (device, yes) =>
  device.page.locator(`[data-testid="player"][data-playing="${yes}"]`).waitFor({ timeout: 40_000 });
const seekTo = (device, seconds) =>
  device.at("player-seek").evaluate((slider, value) => {
    slider.value = value;
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  }, seconds);
const current = (device, testId) => device.page.locator(`[data-testid="${testId}"][aria-current="true"]`);

await walk({
  "two devices with one library": async () => {
    await found(a, server.url, "Desk");
    await a.at("feed-url").fill(`${publisher.url}/podcast.xml`);
    await a.at("feed-add").click();
    await a.at("subscription-row").waitFor();
    const code = await registration(b, server.url, "Kitchen");
    await inspect(a, code);
    await paste(b, await invitation(a));
    await b.at("join-confirm").click();
    await b.at("nav-library").click();
    await b.at("subscription-row").waitFor();
    await a.at("invite-done").click();
  },

  "an episode plays, faster at its own pitch": async () => {
    await play(a, "Plain talk");
    await reaches(a, 1);
    await a.at("player-open").click();
    await a.at("player-speed").selectOption("2");
    await a.page.waitForFunction(() => document.querySelector("audio").playbackRate === 2);
    assert.equal(await audio(a, (it) => it.preservesPitch), true);
  },

  "chapters and transcript follow the sound": async () => {
    await a.at("chapter").nth(2).waitFor();
    await a.at("transcript-line").nth(2).waitFor();
    await seekTo(a, 22);
    await current(a, "chapter").getByText("The middle").waitFor();
    await current(a, "transcript-line").getByText("Ten seconds have passed.").waitFor();
    await look(a, "player");
    await a.at("transcript-line").nth(2).click();
    await current(a, "transcript-line").getByText("Half of it is over.").waitFor();
    await a.at("chapter").nth(1).click();
    await current(a, "chapter").getByText("The middle").waitFor();
    assert.ok((await position(a)) >= 20 && (await position(a)) < 30);
  },

  "the media keys' names and numbers are right": async () => {
    const told = await a.page.evaluate(() => navigator.mediaSession.metadata?.title);
    assert.equal(told, "Plain talk");
  },

  "it continues on the other device where it was left": async () => {
    await a.at("player-toggle").click();
    await playing(a, false);
    const left = await position(a);
    await openFeed(b);
    await row(b, "Plain talk").getByTestId("continue-from").click();
    await reaches(b, left);
    assert.ok((await position(b)) < left + 10);
    await b.at("player-toggle").click();
    await playing(b, false);
  },

  "skipping silences shortens an episode by their sum": async () => {
    await a.at("player-speed").selectOption("1");
    await a.at("skip-silence").check();
    await play(a, "Long pauses");
    await a.at("player-open").click();
    await hasMap(a);
    await a.at("player-toggle").click();
    await playing(a, false);
    await seekTo(a, 0);
    const tookS = await a.page.evaluate(async () => {
      const sound = document.querySelector("audio");
      const began = new Promise((resolve) => sound.addEventListener("playing", resolve, { once: true }));
      const ended = new Promise((resolve) => sound.addEventListener("ended", resolve, { once: true }));
      document.querySelector("[data-testid=player-toggle]").click();
      await began;
      const start = performance.now();
      await ended;
      return (performance.now() - start) / 1000;
    });
    const savedS = GAPPED.durationS - tookS;
    console.log(`   ${savedS.toFixed(2)} s of ${GAPPED.silenceS} s of silence were skipped`);
    assert.ok(Math.abs(savedS - GAPPED.silenceS) <= 0.05 * GAPPED.silenceS, `saved ${savedS} s`);
    await look(a, "player-silences");
  },

  "every episode is made equally loud, as heard": async () => {
    await a.at("skip-silence").uncheck();
    await a.at("even-volume").check();
    const heard = {};
    for (const title of ["A quiet one", "Plain talk"]) {
      await play(a, title);
      await a.at("player-open").click();
      await playing(a, true);
      await a.page.locator('[data-testid="sound-state"]:not([data-gain="0"])').waitFor({ timeout: 40_000 });
      const even = await loudness(a);
      await a.at("even-volume").uncheck();
      await a.page.locator('[data-testid="sound-state"][data-gain="0"]').waitFor({ state: "attached" });
      heard[title] = { even, asItIs: await loudness(a) };
      await a.at("even-volume").check();
      console.log(`   ${title}: ${heard[title].asItIs.toFixed(1)} dB, made ${even.toFixed(1)} dB`);
    }
    const quiet = heard["A quiet one"];
    assert.ok(Math.abs(quiet.even - quiet.asItIs - LOUDER_MAX_DB) < 0.5, "the quiet one is as much louder as may be");
    const plain = heard["Plain talk"];
    assert.ok(Math.abs(plain.even + 16) < 1.5, "the other one is at -16 LUFS, which a tone's level is close to");
    await a.at("even-volume").uncheck();
  },

  "the queue goes on by itself": async () => {
    await openFeed(a);
    await row(a, "Long pauses").getByTestId("episode-queue").click();
    await row(a, "Plain talk").getByTestId("episode-queue").click();
    await row(a, "Long pauses").getByTestId("episode-play").click();
    await playing(a, true);
    await a.at("player-open").click();
    await seekTo(a, GAPPED.durationS - 2);
    await a.page.getByRole("heading", { name: "Plain talk" }).waitFor({ timeout: 20_000 });
    await playing(a, true);
    await a.at("nav-queue").click();
    await a.at("queue-row").nth(1).waitFor({ state: "detached" });
  },

  "the sleep timer stops it at the end of the episode": async () => {
    await a.at("player-open").click();
    await a.at("player-sleep").selectOption("episode");
    await seekTo(a, 58);
    await playing(a, false);
    await a.page.waitForFunction(() => document.querySelector("[data-testid=player-sleep]").value === "");
  },

  "a broken file is explained": async () => {
    await play(a, "A broken one");
    await a.page
      .getByRole("alert")
      .filter({ hasText: "could not be loaded" })
      .or(a.page.getByText("cannot play the audio"))
      .first()
      .waitFor();
    await look(a, "player-broken");
  },

  "an episode is downloaded": async () => {
    await openFeed(a);
    await row(a, "Plain talk").locator("h2 a").click();
    await a.at("episode-keep").click();
    await a.at("kept").waitFor({ timeout: 60_000 });
    await look(a, "episode-kept");
    await a.at("nav-downloads").click();
    await a.at("kept-row").waitFor();
    await look(a, "downloads");
  },

  "it plays and seeks with the network off": async () => {
    await a.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await server.stop();
    await publisher.stop();
    await a.context.setOffline(true);
    await a.page.reload();
    await play(a, "Plain talk");
    await reaches(a, 1);
    await seekTo(a, 45);
    await reaches(a, 46);
    await seekTo(a, 10);
    await a.page.waitForFunction(() => Math.abs(document.querySelector("audio").currentTime - 10) < 5);
    assert.match(await audio(a, (it) => it.currentSrc), /\/kept\//);
    await a.at("player-toggle").click();
  },

  "what is not downloaded says so": async () => {
    await row(a, "Long pauses").getByTestId("episode-play").click();
    await a.page.getByText("could not be loaded").waitFor();
  },

  "a download is removed": async () => {
    await a.at("nav-downloads").click();
    await a.at("kept-remove").click();
    await a.at("kept-row").waitFor({ state: "detached" });
  },
});
