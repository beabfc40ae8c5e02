// The same app in Firefox: a realm of one, a podcast that plays, silences that are skipped, chapters, an article, and a
// download that plays and seeks when both the publisher and the server are gone.
//
//   node firefox.mjs SKYPOD FOLDER
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { GAPPED, startPublisher } from "./publisher.mjs";
import { Skypod } from "./servers.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const puppeteer = require("puppeteer-core");

const [program, folder] = process.argv.slice(2);
const DEADLINE_MS = 40_000;
rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, "screenshots"), { recursive: true });

const server = new Skypod(program, join(folder, "server"));
const publisher = await startPublisher(folder);
await server.start();
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: "/usr/bin/firefox-esr",
  headless: true,
  extraPrefsFirefox: { "media.autoplay.default": 0, "media.autoplay.blocking_policy": 0 },
});
const page = await browser.newPage();
page.setDefaultTimeout(DEADLINE_MS);
await page.setViewport({ width: 1280, height: 800 });
const problems = [];
page.on("pageerror", (error) => problems.push(error.message));

const at = (testId, more = "") => `[data-testid="${testId}"]${more}`;
const seen = (selector) => page.waitForSelector(selector, { visible: true });
const click = async (selector) => (await seen(selector)).click();
const fill = async (selector, text) => (await seen(selector)).type(text);
const holds = (condition, ...values) => page.waitForFunction(condition, { timeout: DEADLINE_MS }, ...values);
const says = (selector, text) =>
  holds((where, what) => [...document.querySelectorAll(where)].some((it) => it.textContent.includes(what)), selector, text);
const shot = (name) => page.screenshot({ path: join(folder, "screenshots", `${name}.png`) });
const reaches = (seconds) =>
  holds((least) => Number(document.querySelector("[data-testid=player-position]")?.dataset.seconds) >= least, seconds);
const seekTo = (seconds) =>
  page.$eval(
    at("player-seek"),
    (slider, value) => {
      slider.value = value;
      slider.dispatchEvent(new Event("change", { bubbles: true }));
    },
    seconds,
  );
const inRow = (title, testId) =>
  page.evaluate(
    (wanted, id) => {
      const rows = [...document.querySelectorAll("[data-testid=episode-row]")];
      rows.find((row) => row.textContent.includes(wanted)).querySelector(id).click();
    },
    title,
    testId,
  );
const openFeed = async () => {
  await click(at("nav-library"));
  await click(`${at("subscription-row")} a`);
  await seen(at("episode-row"));
};

const steps = {
  "a library is founded": async () => {
    await page.goto(server.url);
    await fill(at("device-name"), "Fox");
    await click(at("welcome-start"));
    await seen(at("link-state", '[data-state="online"]'));
    await fill(at("feed-url"), `${publisher.url}/podcast.xml`);
    await click(at("feed-add"));
    await seen(at("subscription-row"));
  },

  "an episode plays, with chapters and transcript": async () => {
    await openFeed();
    await inRow("Plain talk", "[data-testid=episode-play]");
    await reaches(1);
    await click(at("player-open"));
    await seen(at("chapter"));
    await seekTo(22);
    await says(at("chapter", '[aria-current="true"]'), "The middle");
    await says(at("transcript-line", '[aria-current="true"]'), "Ten seconds have passed.");
    await shot("player");
  },

  "skipping silences shortens an episode by their sum": async () => {
    await click(at("skip-silence"));
    await openFeed();
    await inRow("Long pauses", "[data-testid=episode-play]");
    await click(at("player-open"));
    await page.waitForSelector(at("sound-state", '[data-map="true"]'));
    await click(at("player-toggle"));
    await page.waitForSelector(at("player", '[data-playing="false"]'));
    await seekTo(0);
    const tookS = await page.evaluate(async () => {
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
    await click(at("skip-silence"));
  },

  "an article is read": async () => {
    await click(at("nav-library"));
    await fill(at("feed-url"), `${publisher.url}/blog.xml`);
    await click(at("feed-add"));
    await says(at("subscription-row"), "Shore Notes");
    await click(at("nav-inbox"));
    await says(at("episode-row"), "Notes from the shore, 3");
    await inRow("Notes from the shore, 3", "h2 a");
    await says(at("prose"), "The beginning of note 3.");
    await click(at("full-text"));
    await says(at("prose"), "The very last words.");
    await shot("article");
  },

  "an episode is downloaded": async () => {
    await click(at("nav-library"));
    await page.evaluate(() => {
      const rows = [...document.querySelectorAll("[data-testid=subscription-row]")];
      rows.find((row) => row.textContent.includes("Test Tones")).querySelector("a").click();
    });
    await says(at("episode-row"), "Plain talk");
    await inRow("Plain talk", "h2 a");
    await click(at("episode-keep"));
    await seen(at("kept"));
  },

  "it plays and seeks with server and publisher gone": async () => {
    await holds(() => navigator.serviceWorker.controller !== null);
    await server.stop();
    await publisher.stop();
    await page.reload();
    await seen(at("kept"));
    await click(at("episode-play"));
    await reaches(1);
    await seekTo(45);
    await reaches(46);
    await seekTo(10);
    await holds(() => Math.abs(document.querySelector("audio").currentTime - 10) < 5);
    assert.match(await page.$eval("audio", (it) => it.currentSrc), /\/kept\//);
    await shot("offline");
  },
};

let last = "nothing";
try {
  for (const [name, work] of Object.entries(steps)) {
    await work();
    last = name;
    console.log(`ok ${name}`);
  }
  assert.deepEqual(problems, [], "errors on the page");
} catch (error) {
  await shot("failed").catch(() => {});
  console.log(`FAILED after ${last}: ${error.stack}`);
  for (const problem of problems) console.log(`page error: ${problem}`);
  process.exitCode = 1;
} finally {
  await browser.close().catch(() => {});
  await server.stop().catch(() => {});
  process.exit();
}
