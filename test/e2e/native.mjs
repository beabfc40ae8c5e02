// A native peer in one realm with two real browsers: it joins one that a browser founded, and lets another browser in
// by a QR code in the terminal; messages, feeds and positions go both ways, also after it was killed, and without the
// server.
//
//   node native.mjs SKYPOD FOLDER     keeps screenshots and profiles in FOLDER; VERBOSE=1 prints the consoles
import assert from "node:assert/strict";
import { join } from "node:path";
import { Peer, run } from "../support/peer.mjs";
import { podcast } from "./feeds.mjs";
import { found, inspect, invitation, registration } from "./realms.mjs";
import { scenario } from "./scenario.mjs";
import { startFeedServer } from "./servers.mjs";
import { onTerminal, qrPictures } from "./terminal.mjs";

const CAMERA_SIDE = 640; // pixels of the pictures before the fake camera
const COMING_BACK_MS = 60_000; // after a peer was killed, or the server gone

const program = process.argv[2];
const feed = podcast();

await scenario(async ({ server, folder, device, step }) => {
  const feedServer = await startFeedServer(feed.document);
  const desk = device("desk");
  const phone = device("phone");
  const data = join(folder, "attic");
  const attic = new Peer(program, data);
  process.once("exit", () => attic.process?.kill("SIGKILL"));

  async function skypod(...args) {
    const { code, output, errors } = await run(program, [...args, "--json", "--data", data]);
    assert.equal(code, 0, errors);
    return JSON.parse(output);
  }

  const connectedRows = (one) => one.page.locator('[data-testid="peer-row"][data-state="connected"]');
  const message = (one, mode, text) =>
    one.page.locator(`[data-testid="message-row"][data-mode="${mode}"]`, { hasText: text });

  async function joinByLinks() {
    const options = ["--json", "--server", server.url, "--name", "Attic", "--data", data];
    const shown = await run(program, ["realm", "join", ...options]);
    await inspect(desk, JSON.parse(shown.output).link);
    assert.match(await desk.page.locator("main, #app").first().innerText(), /Attic/);
    await skypod("realm", "join", await invitation(desk));
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
    const code = await registration(phone, server.url, "Phone");
    const shown = await onTerminal(program, ["realm", "invite", code, "--data", data]);
    const pictures = qrPictures(shown, CAMERA_SIDE);
    assert.ok(pictures.length > 1, "an invitation takes several QR codes");
    phone.showCamera(pictures);
    await phone.at("scan-start").click();
    await phone.at("join-confirm").click({ timeout: COMING_BACK_MS });
    await phone.at("feed-url").waitFor();
  }

  async function meshOfThree() {
    await attic.peers(2);
    await Promise.all([desk, phone].map((one) => one.at("nav-devices").click()));
    await Promise.all([desk, phone].map((one) => connectedRows(one).nth(1).waitFor()));
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
    await attic.event("message", ({ text }) => text === "while you were dead", COMING_BACK_MS);
    await attic.peers(2, "connected", COMING_BACK_MS);
  }

  async function withoutServer() {
    await server.stop();
    await attic.event("device", ({ link }) => link === "offline");
    await attic.command("message.send", { text: "no server needed", to: null, mode: "p2p" });
    await phone.at("nav-messages").click();
    await message(phone, "p2p", "no server needed").waitFor();
    await server.start();
    await attic.event("device", ({ link }) => link === "online", COMING_BACK_MS);
  }

  await step("a browser founds a realm", () => found(desk, server.url, "Desk"));
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
  assert.equal(await attic.stop(), 0);
  feedServer.stop();
});
