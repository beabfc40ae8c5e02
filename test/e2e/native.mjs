// A native peer in one realm with two real browsers: it joins one that a browser founded, and lets another browser in
// by a QR code in the terminal; messages, feeds and positions go both ways, also after it was killed, and without the
// server.
//
//   node native.mjs SKYPOD FOLDER     keeps screenshots and profiles in FOLDER; VERBOSE=1 prints the consoles
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Peer, run } from "../support/peer.mjs";
import { Device } from "./browser.mjs";
import { podcast } from "./feeds.mjs";
import { Skypod, startFeedServer } from "./servers.mjs";
import { onTerminal, qrPictures } from "./terminal.mjs";

const CAMERA_SIDE = 640; // pixels of the pictures before the fake camera

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
const desk = new Device("desk", folder);
const phone = new Device("phone", folder);
const data = join(folder, "attic");
const attic = new Peer(program, data);

async function skypod(...args) {
  const { code, output, errors } = await run(program, [...args, "--json", "--data", data]);
  assert.equal(code, 0, errors);
  return JSON.parse(output);
}

const online = (device) => device.page.locator('[data-testid="link-state"][data-state="online"]');
const connectedRows = (device) => device.page.locator('[data-testid="peer-row"][data-state="connected"]');
const message = (device, mode, text) =>
  device.page.locator(`[data-testid="message-row"][data-mode="${mode}"]`, { hasText: text });

async function foundInBrowser() {
  await server.start();
  await desk.open(server.url);
  await desk.at("device-name").fill("Desk");
  await desk.at("welcome-start").click();
  await online(desk).waitFor();
}

async function joinByLinks() {
  const options = ["--json", "--server", server.url, "--name", "Attic", "--data", data];
  const shown = await run(program, ["realm", "join", ...options]);
  await desk.at("nav-devices").click();
  await desk.at("add-device").click();
  await desk.at("paste-input").fill(JSON.parse(shown.output).link);
  await desk.at("paste-submit").click();
  await desk.at("invite-confirm").waitFor();
  assert.match(await desk.page.locator("main, #app").first().innerText(), /Attic/);
  await desk.at("invite-confirm").click();
  await skypod("realm", "join", await desk.at("invitation-text").inputValue());
  await desk.at("invite-joined").waitFor();
  await desk.at("invite-done").click();
}

async function connect() {
  await attic.start();
  await attic.peers(1);
  await desk.at("nav-devices").click();
  await connectedRows(desk).first().waitFor();
  assert.match(await connectedRows(desk).first().innerText(), /Attic/);
  await desk.shot("01-devices");
}

async function talk(mode) {
  await desk.at("nav-messages").click();
  await skypod("send", "--to", "desk", ...(mode === "relay" ? ["--relay"] : []), `Attic here, ${mode}`);
  await message(desk, mode, `Attic here, ${mode}`).waitFor();
  await desk.at("message-mode").selectOption(mode);
  await desk.at("message-input").fill(`Desk here, ${mode}`);
  await desk.at("message-send").click();
  await attic.event("message", (told) => told.text === `Desk here, ${mode}` && told.mode === mode);
}

async function shareFeed() {
  await desk.at("nav-library").click();
  await desk.at("feed-url").fill(`${feedServer.url}/feed.xml`);
  await desk.at("feed-add").click();
  await desk.at("subscription-row").first().waitFor();
  let subscriptions = [];
  while (!(subscriptions[0]?.episodes > 0)) {
    await attic.event("library.changed");
    ({ subscriptions } = await skypod("list"));
  }
}

async function sharePosition() {
  const { episodes } = await skypod("episodes", "1");
  const { id } = episodes.find(({ audioUrl }) => audioUrl !== "");
  await skypod("played", id, "--position", "17");
  await desk.at("subscription-row").first().locator("a").first().click();
  await desk.at("continue-from").first().waitFor();
  assert.match(await desk.at("continue-from").first().innerText(), /Attic/);
}

async function inviteFromTerminal() {
  await phone.open(server.url);
  await phone.at("device-name").fill("Phone");
  await phone.at("welcome-join").click();
  const registration = await phone.at("registration-text").inputValue();
  const shown = await onTerminal(program, ["realm", "invite", registration, "--data", data]);
  const pictures = qrPictures(shown, CAMERA_SIDE);
  assert.ok(pictures.length > 1, "an invitation takes several QR codes");
  phone.showCamera(pictures);
  await phone.at("scan-start").click();
  await phone.at("feed-url").waitFor();
}

async function meshOfThree() {
  await attic.peers(2);
  await Promise.all([desk, phone].map((device) => device.at("nav-devices").click()));
  await Promise.all([desk, phone].map((device) => connectedRows(device).nth(1).waitFor()));
  await phone.shot("02-devices");
}

async function killed() {
  attic.process.kill("SIGKILL");
  await attic.ended;
  await desk.at("nav-messages").click();
  await desk.at("message-mode").selectOption("p2p");
  await desk.at("message-input").fill("while you were dead");
  await desk.at("message-send").click();
  await attic.start();
  await attic.event("message", ({ text }) => text === "while you were dead", 60_000);
  await attic.peers(2, "connected", 60_000);
}

async function withoutServer() {
  await server.stop();
  await attic.event("device", ({ link }) => link === "offline");
  await attic.command("message.send", { text: "no server needed", to: null, mode: "p2p" });
  await phone.at("nav-messages").click();
  await message(phone, "p2p", "no server needed").waitFor();
  await server.start();
  await attic.event("device", ({ link }) => link === "online", 60_000);
}

try {
  await step("a browser founds a realm", foundInBrowser);
  await step("a native device joins it by copied links", joinByLinks);
  await step("its peer connects to the browser", connect);
  await step("messages go both ways directly", () => talk("p2p"));
  await step("messages go both ways by relay", () => talk("relay"));
  await step(`a feed reaches the peer (${feed.name})`, shareFeed);
  await step("a position reaches the browser", sharePosition);
  await step("the peer invites a browser by QR codes in the terminal", inviteFromTerminal);
  await step("all three are connected", meshOfThree);
  await step("a killed peer comes back and gets what it missed", killed);
  await step("messages need no server, and the peer finds it again", withoutServer);
  assert.deepEqual([...desk.problems, ...phone.problems], [], "errors on the pages");
  assert.equal(await attic.stop(), 0);
  console.log(`${steps.length} steps passed; screenshots in ${desk.shots}`);
} catch (error) {
  await Promise.allSettled([desk.shot("failed"), phone.shot("failed")]);
  console.log(`FAILED after ${steps.at(-1) ?? "nothing"}: ${error.stack}`);
  for (const problem of [...desk.problems, ...phone.problems]) console.log(`page error: ${problem}`);
  process.exitCode = 1;
} finally {
  attic.process?.kill("SIGKILL");
  await Promise.allSettled([desk.close(), phone.close()]);
  feedServer.stop();
  await server.stop().catch(() => {});
  process.exit();
}
