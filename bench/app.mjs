// The app with a large library in real Chromium: how long frames take while a list is scrolled, how long a search takes,
// and how long it takes to start on a slow processor.
//
//   node bench/app.mjs SKYPOD [FEEDS] [EPISODES]     by default 5 feeds of 20,000 episodes each
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Device } from "../test/e2e/browser.mjs";
import { startPublisher } from "../test/e2e/publisher.mjs";
import { found } from "../test/e2e/realms.mjs";
import { Skypod } from "../test/e2e/servers.mjs";

const [program, feeds = "5", episodes = "20000"] = process.argv.slice(2);
const SCROLL_STEPS = 400;
const SEARCHES = ["number 19", "feed", "num", "number 777", "1234", "show number 5", "9", "number"];
const SLOWDOWN = 4;

const folder = mkdtempSync(join(tmpdir(), "skypod-bench-"));
const server = new Skypod(program, join(folder, "server"));
const publisher = await startPublisher(folder);
const device = new Device("bench", folder);

const ms = (value) => `${value.toFixed(1)} ms`;
const rank = (values, share) => values.toSorted((left, right) => left - right)[Math.floor((values.length - 1) * share)];

async function fill() {
  await server.start();
  await found(device, server.url, "Bench");
  for (let number = 1; number <= Number(feeds); number++) {
    await device.at("feed-url").fill(`${publisher.url}/many.xml?n=${episodes}&name=show${number}`);
    await device.at("feed-add").click();
    await device.at("subscription-row").nth(number - 1).waitFor({ timeout: 300_000 });
  }
}

/** In the page: scrolls through the whole list, and answers each frame's time in milliseconds. */
async function scroll(steps) {
  const list = document.querySelector("[data-testid=episode-list]");
  const times = [];
  let before = await new Promise(requestAnimationFrame);
  for (let step = 0; step < steps; step++) {
    window.scrollTo(0, (list.scrollHeight * step) / steps + (step % 7) * 40);
    const now = await new Promise(requestAnimationFrame);
    times.push(now - before);
    before = now;
  }
  return times;
}

async function measureScroll() {
  await device.at("nav-inbox").click();
  const total = Number(feeds) * Number(episodes);
  await device.page.locator(`[data-testid="episode-list"][data-total="${total}"]`).waitFor({ timeout: 60_000 });
  const times = await device.page.evaluate(scroll, SCROLL_STEPS);
  const drawn = await device.page.locator("[data-testid=episode-list] > li").count();
  console.log(`scrolling ${total} episodes: frame p50 ${ms(rank(times, 0.5))}, p99 ${ms(rank(times, 0.99))}, ${drawn} rows drawn`);
}

async function measureSearch() {
  await device.at("nav-search").click();
  await device.at("search-words").waitFor();
  const times = [];
  for (const words of SEARCHES) {
    times.push(await device.page.evaluate(searchOnce, words));
  }
  console.log(`search: median ${ms(rank(times, 0.5))}, slowest ${ms(Math.max(...times))}, pause in typing included`);
}

/** In the page: types, and waits until the list says how much was found. */
async function searchOnce(words) {
  const field = document.querySelector("[data-testid=search-words]");
  const done = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const list = document.querySelector("[data-testid=episode-list]");
      if (!location.hash.includes(encodeURIComponent(words)) || !list?.dataset.total) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
  });
  const began = performance.now();
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await done;
  return performance.now() - began;
}

async function measureStart() {
  await device.at("nav-inbox").click();
  await device.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  const session = await device.context.newCDPSession(device.page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await device.page.reload();
  await device.at("episode-row").first().waitFor();
  const took = await device.page.evaluate(() => performance.now());
  console.log(`start to the first episodes on a ${SLOWDOWN} times slower processor: ${ms(took)}`);
}

try {
  await fill();
  await measureScroll();
  await measureSearch();
  await measureStart();
} finally {
  await device.close();
  await publisher.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
