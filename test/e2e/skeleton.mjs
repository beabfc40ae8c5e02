// The whole of skypod in two real browsers: first run, realm, pairing by QR codes before cameras, a data channel,
// messages, a feed, a position that follows, a server that goes away and comes back.
//
//   node skeleton.mjs SKYPOD FOLDER     keeps screenshots and profiles in FOLDER; VERBOSE=1 prints the consoles
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Device } from "./browser.mjs";
import { podcast } from "./feeds.mjs";
import { pictures } from "./realms.mjs";
import { Skypod, startFeedServer } from "./servers.mjs";

const [program, folder] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const began = Date.now();
const steps = [];
async function step(name, work) {
  await work();
  steps.push(name);
  console.log(`ok ${steps.length} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

const server = new Skypod(program, join(folder, "server"));
const feed = podcast();
const feedServer = await startFeedServer(feed.document);
const a = new Device("a", folder);
const b = new Device("b", folder);

const scanInto = async (device) => {
  await device.at("scan-start").click();
};

async function firstRun() {
  await server.start();
  await a.open(server.url);
  await a.at("welcome-start").waitFor();
  await a.shot("01-welcome");
  await a.at("device-name").fill("Desk");
  await a.at("welcome-start").click();
  await a.at("feed-url").waitFor();
  await a.page.locator('[data-testid="link-state"][data-state="online"]').waitFor();
}

async function showRegistration() {
  await b.open(server.url);
  await b.at("device-name").fill("Kitchen");
  await b.at("welcome-join").click();
  await b.at("registration-qr").waitFor();
  await b.shot("02-registration");
  a.camera.show(await b.qrPictures("registration-qr"));
}

async function invite() {
  await a.at("nav-devices").click();
  await a.at("add-device").click();
  await scanInto(a);
  await a.at("invite-confirm").waitFor();
  assert.match(await a.page.locator("main, #app").first().innerText(), /Kitchen/);
  assert.deepEqual(await pictures(a), await pictures(b));
  await a.shot("03-confirm");
  await a.at("invite-confirm").click();
  await a.at("invitation-qr").waitFor();
  await a.shot("04-invitation");
  b.camera.show(await a.qrPictures("invitation-qr"));
}

async function join_() {
  await scanInto(b);
  await b.at("join-confirm").waitFor();
  assert.deepEqual(await pictures(b), await pictures(a));
  await b.shot("04-compare");
  await b.at("join-confirm").click();
  await b.at("feed-url").waitFor();
  await a.at("invite-joined").waitFor();
  await a.at("invite-done").click();
}

const connectedRow = (device) => device.page.locator('[data-testid="peer-row"][data-state="connected"]');

async function dataChannel() {
  await b.at("nav-devices").click();
  await Promise.all([connectedRow(a).waitFor(), connectedRow(b).waitFor()]);
  await a.shot("05-devices");
  assert.match(await connectedRow(a).innerText(), /Kitchen/);
  assert.match(await connectedRow(b).innerText(), /Desk/);
}

async function say(from, to, text, mode) {
  await from.at("nav-messages").click();
  await to.at("nav-messages").click();
  await from.at("message-mode").selectOption(mode);
  await from.at("message-input").fill(text);
  await from.at("message-send").click();
  await to.page.locator(`[data-testid="message-row"][data-mode="${mode}"]`, { hasText: text }).waitFor();
}

async function addFeed() {
  await a.at("nav-library").click();
  await a.at("feed-url").fill(`${feedServer.url}/feed.xml`);
  await a.at("feed-add").click();
  await a.at("episode-row").or(a.at("subscription-row")).first().waitFor();
  await a.shot("07-library");
}

async function feedAppears() {
  await b.at("nav-library").click();
  await b.at("subscription-row").first().waitFor();
  await b.shot("08-library");
}

async function openFeed(device) {
  await device.at("nav-library").click();
  await device.at("subscription-row").first().locator("a").first().click();
  await device.at("episode-row").first().waitFor();
}

/** The first episode that can be heard. */
const episode = (device) => device.at("episode-row").filter({ has: device.at("episode-play") }).first();

async function seconds(device) {
  return Number(await device.at("player-position").getAttribute("data-seconds"));
}

async function atLeast(device, wanted) {
  await device.page.waitForFunction(
    (least) => Number(document.querySelector('[data-testid="player-position"]')?.dataset.seconds) >= least,
    wanted,
  );
}

let stoppedAt = 0;

async function play() {
  await openFeed(a);
  await episode(a).getByTestId("episode-play").click();
  await atLeast(a, 3);
  await a.shot("09-playing");
  await a.at("player-toggle").click();
  stoppedAt = await seconds(a);
}

async function continueElsewhere() {
  await openFeed(b);
  await b.at("continue-from").first().waitFor();
  assert.match(await b.at("continue-from").first().innerText(), /Desk/);
  await b.shot("10-continue");
  await b.at("continue-from").first().click();
  await atLeast(b, stoppedAt);
  assert.ok((await seconds(b)) < stoppedAt + 10, "it continued elsewhere than where it was left");
  await b.at("player-toggle").click();
}

async function reloadWithoutServer() {
  await b.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await server.stop();
  await b.page.reload();
  await openFeed(b);
  await b.page.locator('[data-testid="link-state"]:not([data-state="online"])').waitFor();
  await b.shot("11-offline");
}

async function reconnect() {
  await server.start();
  const online = (device) => device.page.locator('[data-testid="link-state"][data-state="online"]');
  await Promise.all([a, b].map((device) => online(device).waitFor({ timeout: 60_000 })));
  await a.at("nav-devices").click();
  await b.at("nav-devices").click();
  await Promise.all([connectedRow(a).waitFor({ timeout: 60_000 }), connectedRow(b).waitFor({ timeout: 60_000 })]);
  await say(b, a, "We are back", "p2p");
  await b.shot("12-reconnected");
}

try {
  await step("first run founds a realm", firstRun);
  await step("the new device shows its registration", showRegistration);
  await step("its QR frames before the camera lead to an invitation", invite);
  await step("the invitation's QR frames before the other camera lead into the realm", join_);
  await step("a data channel opens", dataChannel);
  await step("a message goes directly", () => say(a, b, "Hello kitchen", "p2p"));
  await step("a message comes back directly", () => say(b, a, "Hello desk", "p2p"));
  await step("a message goes through the server, encrypted", () => say(a, b, "By way of the server", "relay"));
  await a.shot("06-messages");
  await step(`a real feed is added (${feed.name})`, addFeed);
  await step("it appears on the other device", feedAppears);
  await step("an episode plays", play);
  await step("it continues on the other device where it was left", continueElsewhere);
  await step("a reload without the server shows the library", reloadWithoutServer);
  await step("both reconnect by themselves when the server is back", reconnect);
  assert.deepEqual([...a.problems, ...b.problems], [], "errors on the pages");
  console.log(`${steps.length} steps passed; screenshots in ${a.shots}`);
} catch (error) {
  await Promise.allSettled([a.shot("failed"), b.shot("failed")]);
  console.log(`FAILED after ${steps.at(-1) ?? "nothing"}: ${error.message}`);
  for (const problem of [...a.problems, ...b.problems]) console.log(`page error: ${problem}`);
  process.exitCode = 1;
} finally {
  await Promise.allSettled([a.close(), b.close()]);
  feedServer.stop();
  await server.stop().catch(() => {});
  process.exit();
}
