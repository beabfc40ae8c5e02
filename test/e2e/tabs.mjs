// Several tabs of one browser: one leads, the others show the same library and can do the same, and when the leader is
// closed, killed or stopped, another takes over with everything that was acknowledged.
//
//   node tabs.mjs SKYPOD FOLDER     keeps screenshots and profiles in FOLDER; VERBOSE=1 prints the consoles
import assert from "node:assert/strict";
import { inFirefox } from "./browser.mjs";
import { podcast } from "./feeds.mjs";
import { found, online, pair } from "./realms.mjs";
import { rendererOf } from "./renderer.mjs";
import { scenario } from "./scenario.mjs";
import { startFeedServer } from "./servers.mjs";
import { ask, beginWriting, endWriting, installClient, leadership, nextLeader, writtenMore } from "./tab_client.mjs";

const STOPS = Number(process.env.STOPS ?? 6); // how often a leader is stopped in the middle of its writing

const feed = podcast();
const feedServer = await startFeedServer(feed.document);
const { server, desk, phone, walk } = scenario("desk", "phone");
const times = [];
let leading = desk;
let following = null;

const connectedRow = (device) => device.page.locator('[data-testid="peer-row"][data-state="connected"]');
const message = (device, text) => device.at("message-row").filter({ hasText: text });

async function openFollower(name) {
  following = await leading.tab(name, server.url);
  await following.at("feed-url").waitFor();
  await installClient(following);
}

/** The follower takes over after `stop` has stopped the leader; everything acknowledged before and after is there. */
async function takesOver(how, stop) {
  const before = await leadership(following);
  await beginWriting(following);
  const stoppedAt = Date.now();
  await stop();
  const after = await nextLeader(following, before);
  assert.ok(after.term > before.term, "a later leader has a higher term");
  await writtenMore(following, 5);
  const { acknowledged, lost } = await endWriting(following);
  assert.deepEqual(lost, [], `of ${acknowledged} acknowledged writes`);
  times.push(`${how}: ${Math.round(after.startedAt - stoppedAt)} ms`);
}

/** What one tab writes, another one shows. */
async function sameLibrary(one, other, name) {
  await one.at("nav-devices").click();
  await other.at("nav-devices").click();
  await ask(following, "device.rename", { name });
  await Promise.all([one, other].map(({ page }) => page.getByText(name).first().waitFor()));
}

async function say(from, to, text) {
  await Promise.all([...new Set([from, ...to])].map((device) => device.at("nav-messages").click()));
  await from.at("message-mode").selectOption("p2p");
  await from.at("message-input").fill(text);
  await from.at("message-send").click();
  await Promise.all(to.map((device) => message(device, text).waitFor()));
}

async function playsInFollower() {
  await following.at("nav-library").click();
  await following.at("subscription-row").first().locator("a").first().click();
  await following.at("episode-play").first().click();
  await following.page.waitForFunction(
    () => Number(document.querySelector('[data-testid="player-position"]')?.dataset.seconds) >= 2,
  );
  await following.at("player-toggle").click();
  await phone.at("nav-library").click();
  await phone.at("subscription-row").first().locator("a").first().click();
  await phone.at("continue-from").first().waitFor();
}

/** Stops the leader's process while it writes, and continues it when another leads. */
async function stopped(round) {
  const [hung, pid] = [leading, await rendererOf(leading)];
  assert.notEqual(pid, await rendererOf(following), "each tab has a process of its own");
  await takesOver("stopped", () => process.kill(pid, "SIGSTOP"));
  process.kill(pid, "SIGCONT");
  [leading, following] = [following, hung];
  await installClient(following);
  await sameLibrary(leading, following, `Desk ${round}`);
}

// Firefox has all tabs of a site in one process, so there none is killed or stopped alone.
const leadersThatDoNotAnswer = {
  "the next leader is killed": async () => {
    await openFollower("third");
    const pid = await rendererOf(leading);
    await takesOver("killed", () => process.kill(pid, "SIGKILL"));
    leading = following;
  },
  [`a leader is stopped while it writes, ${STOPS} times, and follows when it goes on`]: async () => {
    await openFollower("fourth");
    for (let round = 1; round <= STOPS; round++) await stopped(round);
  },
};

await walk({
  "one tab founds a realm": () => found(desk, server.url, "Desk"),
  "a second tab shows the same library, and what it adds appears in the first": async () => {
    await openFollower("second");
    await online(following);
    await following.at("feed-url").fill(`${feedServer.url}/feed.xml`);
    await following.at("feed-add").click();
    await Promise.all([leading, following].map((tab) => tab.at("subscription-row").first().waitFor()));
    await following.shot("01-library");
  },
  "the second tab pairs a device, to which both are connected": async () => {
    await pair(following, phone, server.url, "Phone");
    await leading.at("nav-devices").click();
    await Promise.all([leading, following].map((tab) => connectedRow(tab).waitFor()));
  },
  "a message from the second tab arrives, and is shown in the first": () =>
    say(following, [phone, leading], "from the second tab"),
  "a message to the device is shown in both": () => say(phone, [following, leading], "to both tabs"),
  "an episode plays in the second tab, and its place is known elsewhere": playsInFollower,
  "the leader is closed": async () => {
    await takesOver("closed", () => leading.page.close());
    leading = following;
  },
  ...(inFirefox ? {} : leadersThatDoNotAnswer),
  "messages still go both ways": async () => {
    if (inFirefox) await openFollower("third");
    await leading.at("nav-devices").click();
    await connectedRow(leading).waitFor();
    await say(following, [phone, leading], "after all that");
  },
  "everything is there after all tabs were closed": async () => {
    const next = await leading.tab("fifth", "about:blank");
    await Promise.all([leading.page.close(), following.page.close()]);
    await next.page.goto(server.url);
    await next.at("subscription-row").first().waitFor();
    await installClient(next);
    const { everywhere } = await ask(next, "settings.list");
    assert.ok("probe-0" in everywhere);
    console.log(`takeovers, from the stop to the first answer: ${times.join(", ")}`);
    await next.page.close();
    desk.page = await desk.context.newPage();
  },
});
