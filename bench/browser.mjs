// What a large library costs a browser: a native peer's subscriptions, and as many play records as they have episodes,
// are synced into Chromium, which fetches the episodes itself; then they are searched. Prints how long it takes, how
// the page fares meanwhile, and how large its files are. That everything has arrived, and is found, is asserted; with
// --report also how long it may take, and a section of docs/BENCHMARKS.md is written.
//
//   node browser.mjs SKYPOD FOLDER [EPISODES] [--report | firefox]     50,000 episodes unless told otherwise
import assert from "node:assert/strict";
import { join } from "node:path";
import { inFirefox } from "../test/e2e/browser.mjs";
import { paste, registration } from "../test/e2e/realms.mjs";
import { scenario } from "../test/e2e/scenario.mjs";
import { ask, installClient, timedAsk } from "../test/e2e/tab_client.mjs";
import { Peer } from "../test/support/peer.mjs";
import { grouped, section } from "./benchmarks.mjs";
import { startLargeFeeds } from "./large_feeds.mjs";
import { Words } from "./words.mjs";

const FEEDS = 5;
const PAGE = 500; // rows that the core gives at once
const AT_ONCE = 100; // commands that a peer is given before its first answer
const QUERIES = 20;
const LONG_MS = 50; // a task of the page that people notice; the browser reports those above it
const SEARCH_MS = 50; // at the median
const STALL_MS = 150; // of a task that is made to be noticed
const LOOK_MS = 250; // between two looks whether all has arrived
const PATIENCE_MS = 15 * 60 * 1000;

const program = process.argv[2];
const perFeed = Math.ceil((Number(process.argv[4]) || 50_000) / FEEDS);
const report = process.argv.includes("--report");
const episodes = perFeed * FEEDS;
const words = new Words(7);

const { server, folder, desk, walk } = scenario("desk");
const attic = new Peer(program, join(folder, "attic"));
process.once("exit", () => attic.process?.kill("SIGKILL"));
const publisher = await startLargeFeeds(words, FEEDS, perFeed);
const figures = [];
let began = 0; // to join

async function inParts(list, work) {
  for (let i = 0; i < list.length; i += AT_ONCE) await Promise.all(list.slice(i, i + AT_ONCE).map(work));
}

/** The peer subscribes, and has listened to every episode. */
async function fillPeer() {
  attic.options.push("--server", server.url);
  await attic.start();
  await attic.command("realm.create");
  await attic.online();
  for (let number = 0; number < FEEDS; number++) {
    const { feed } = await attic.command("library.add", { url: publisher.url(number) });
    for (let offset = 0; offset < perFeed; offset += PAGE) {
      const page = await attic.command("library.episodes", { feed, offset, limit: PAGE });
      await inParts(page.episodes, listen);
    }
  }
}

function listen({ feed, id }) {
  const positionS = 1 + Math.floor(words.random() * 3500);
  return attic.command("play.progress", { feed, episode: id, positionS, durationS: 3600, completed: false });
}

/** In the page: notes tasks that are too long, and the steps of progress that are shown. */
function watch() {
  window.longTasks = [];
  window.shown = [];
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) window.longTasks.push(duration);
  }).observe({ type: "longtask" }); // which Firefox does not know, and passes over
  const look = () => {
    const bars = document.querySelectorAll('[data-testid="sync-progress"]');
    for (const { textContent } of bars) if (window.shown.at(-1) !== textContent) window.shown.push(textContent);
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

async function join_() {
  const code = await registration(desk, server.url, "Desk");
  const { invitation } = await attic.command("pairing.invite", { registration: /device=(.*)$/.exec(code)[1] });
  await paste(desk, invitation);
  await desk.at("join-confirm").waitFor();
  await desk.page.evaluate(watch);
  began = Date.now();
  await desk.at("join-confirm").click();
  await desk.at("feed-url").waitFor();
  await installClient(desk);
}

/** Waits for all, and prints how long it took and how the page fared. */
async function arrive(what) {
  for (let here = await arrived(); !here.whole; here = await arrived()) {
    assert.ok(Date.now() - began < PATIENCE_MS, `not all has arrived in time: ${JSON.stringify(here)}`);
    await desk.page.waitForTimeout(LOOK_MS);
  }
  const { longTasks, shown } = await desk.page.evaluate(() => ({ longTasks, shown }));
  note(`${what}: ${((Date.now() - began) / 1000).toFixed(1)} s, in which progress was shown ${shown.length} times`);
  const long = `${longTasks.length}${longTasks.map(inMs).join()}`;
  if (!inFirefox) note(`tasks of the page over ${LONG_MS} ms meanwhile: ${long}`);
  assert.ok(shown.length > 0, "progress is shown");
  if (report) assert.deepEqual(longTasks, [], "no task of the page is long");
}

/** What the page has so far: of each subscription, and episodes whose play record is here too. */
async function arrived() {
  const { subscriptions } = await ask(desk, "library.subscriptions");
  const { total: started } = await ask(desk, "library.inbox", { filter: "started", offset: 0, limit: 1 });
  const shown = await desk.page.evaluate(() => window.shown.at(-1));
  const feeds = subscriptions.map(({ episodes, problem }) => ({ episodes, problem }));
  return { feeds, started, shown, whole: counted(subscriptions) === episodes && started === episodes };
}

const inMs = (duration) => ` (${duration.toFixed(0)} ms)`;

/** The page is held up on purpose: if nothing notes that, nothing would have been noted before. */
async function stall() {
  const noted = (least) => window.longTasks.some((duration) => duration >= least);
  await desk.page.evaluate((ms) => {
    setTimeout(() => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    });
  }, STALL_MS);
  await desk.page.waitForFunction(noted, STALL_MS);
}

function note(figure) {
  figures.push(`- ${figure}`);
  console.log(figure);
}

/** Each query is asked in the page; the time is from the question to the answer there. */
async function search() {
  const times = [];
  for (let i = 0; i < QUERIES; i++) {
    const asked = i % 4 === 3 ? words.one().slice(0, 3) : words.some(1 + (i % 2));
    const { value, ms } = await timedAsk(desk, "library.search", { words: asked, offset: 0, limit: 50 });
    if (i % 2 === 0) assert.ok(value.total > 0, `"${asked}" is found`);
    times.push(ms);
  }
  times.sort((a, b) => a - b);
  const median = times[QUERIES / 2];
  note(`${QUERIES} searches: median ${median.toFixed(1)} ms, longest ${times.at(-1).toFixed(1)} ms`);
  if (report) assert.ok(median < SEARCH_MS, "a search is quick");
}

function text() {
  return `
A native peer has ${FEEDS} subscriptions and has listened to ${grouped(episodes)} episodes. Chromium joins its realm,
gets the play records over a data channel, and fetches the episodes by way of the server. The library is in its worker,
on the origin private file system. Whether a task that is long would be noted is tried in the same page.

${figures.join("\n")}
`;
}

const counted = (feeds) => feeds.reduce((sum, { episodes }) => sum + episodes, 0);

await walk({
  [`a native peer has listened to ${episodes} episodes`]: fillPeer,
  "a browser joins its realm": join_,
  "every play record arrives, with progress shown": async () => {
    await arrive("from joining to the last play record and episode");
    await desk.shot("progress-done");
  },
  ...(inFirefox ? {} : { "a task that is long is noted": stall }),
  "the library is searched": search,
  "the library shows them": async () => {
    const { subscriptions } = await ask(desk, "library.subscriptions");
    assert.equal(counted(subscriptions), episodes);
    const { usage } = await desk.page.evaluate(() => navigator.storage.estimate());
    note(`storage in use: ${(usage / 1e6).toFixed(1)} MB`);
    publisher.stop();
    if (report) section("A large library in Chromium", "make bench-browser", text());
  },
});
