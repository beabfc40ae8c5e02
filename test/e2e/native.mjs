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

const connectedRows = (device) => device.page.locator('[data-testid="peer-row"][data-state="connected"]');
const message = (device, mode, text) =>
  device.page.locator(`[data-testid="message-row"][data-mode="${mode}"]`, { hasText: text });

/** Two browsers, a native peer, and what they do together. */
class Household {
  constructor({ server, folder, desk, phone }, feedServer) {
    this.server = server;
    this.feedServer = feedServer;
    this.desk = desk;
    this.phone = phone;
    this.data = join(folder, "attic");
    this.attic = new Peer(program, this.data);
    process.once("exit", () => this.attic.process?.kill("SIGKILL"));
  }

  async skypod(...args) {
    const { code, output, errors } = await run(program, [...args, "--json", "--data", this.data]);
    assert.equal(code, 0, errors);
    return JSON.parse(output);
  }

  async joinByLinks() {
    const options = ["--json", "--server", this.server.url, "--name", "Attic", "--data", this.data];
    const shown = await run(program, ["realm", "join", ...options]);
    await inspect(this.desk, JSON.parse(shown.output).link);
    assert.match(await this.desk.page.locator("main, #app").first().innerText(), /Attic/);
    await this.skypod("realm", "join", await invitation(this.desk));
    await this.desk.at("invite-joined").waitFor();
    await this.desk.at("invite-done").click();
  }

  async connect() {
    await this.attic.start();
    await this.attic.peers(1);
    await this.desk.at("nav-devices").click();
    await connectedRows(this.desk).first().waitFor();
    assert.match(await connectedRows(this.desk).first().innerText(), /Attic/);
    await this.desk.shot("01-devices");
  }

  async talk(mode) {
    await this.desk.at("nav-messages").click();
    await this.skypod("send", "--to", "desk", ...(mode === "relay" ? ["--relay"] : []), `Attic here, ${mode}`);
    await message(this.desk, mode, `Attic here, ${mode}`).waitFor();
    await this.desk.at("message-mode").selectOption(mode);
    await this.desk.at("message-input").fill(`Desk here, ${mode}`);
    await this.desk.at("message-send").click();
    await this.attic.event("message", (told) => told.text === `Desk here, ${mode}` && told.mode === mode);
  }

  async shareFeed() {
    await this.desk.at("nav-library").click();
    await this.desk.at("feed-url").fill(`${this.feedServer.url}/feed.xml`);
    await this.desk.at("feed-add").click();
    await this.desk.at("subscription-row").first().waitFor();
    let subscriptions = [];
    while (!(subscriptions[0]?.episodes > 0)) {
      await this.attic.event("library.changed");
      ({ subscriptions } = await this.skypod("list"));
    }
  }

  async sharePosition() {
    const { episodes } = await this.skypod("episodes", "1");
    const { id } = episodes.find(({ audioUrl }) => audioUrl !== "");
    await this.skypod("played", id, "--position", "17");
    await this.desk.at("subscription-row").first().locator("a").first().click();
    await this.desk.at("continue-from").first().waitFor();
    assert.match(await this.desk.at("continue-from").first().innerText(), /Attic/);
  }

  async inviteFromTerminal() {
    const code = await registration(this.phone, this.server.url, "Phone");
    const shown = await onTerminal(program, ["realm", "invite", code, "--data", this.data]);
    const pictures = qrPictures(shown, CAMERA_SIDE);
    assert.ok(pictures.length > 1, "an invitation takes several QR codes");
    this.phone.camera.show(pictures);
    await this.phone.at("scan-start").click();
    await this.phone.at("join-confirm").click({ timeout: COMING_BACK_MS });
    await this.phone.at("feed-url").waitFor();
  }

  async meshOfThree() {
    await this.attic.peers(2);
    await Promise.all([this.desk, this.phone].map((one) => one.at("nav-devices").click()));
    await Promise.all([this.desk, this.phone].map((one) => connectedRows(one).nth(1).waitFor()));
    await this.phone.shot("02-devices");
  }

  async killed() {
    this.attic.process.kill("SIGKILL");
    await this.attic.ended;
    await this.desk.at("nav-messages").click();
    await this.desk.at("message-mode").selectOption("p2p");
    await this.desk.at("message-input").fill("while you were dead");
    await this.desk.at("message-send").click();
    await this.attic.start();
    await this.attic.event("message", ({ text }) => text === "while you were dead", COMING_BACK_MS);
    await this.attic.peers(2, "connected", COMING_BACK_MS);
  }

  async withoutServer() {
    await this.server.stop();
    await this.attic.event("device", ({ link }) => link === "offline");
    await this.attic.command("message.send", { text: "no server needed", to: null, mode: "p2p" });
    await this.phone.at("nav-messages").click();
    await message(this.phone, "p2p", "no server needed").waitFor();
    await this.server.start();
    await this.attic.event("device", ({ link }) => link === "online", COMING_BACK_MS);
  }
}

const world = scenario("desk", "phone");
const feedServer = await startFeedServer(feed.document);
const home = new Household(world, feedServer);

await world.walk({
  "a browser founds a realm": () => found(home.desk, world.server.url, "Desk"),
  "a native device joins it by copied links": () => home.joinByLinks(),
  "its peer connects to the browser": () => home.connect(),
  "messages go both ways directly": () => home.talk("p2p"),
  "messages go both ways by relay": () => home.talk("relay"),
  [`a feed reaches the peer (${feed.name})`]: () => home.shareFeed(),
  "a position reaches the browser": () => home.sharePosition(),
  "the peer invites a browser by QR codes in the terminal": () => home.inviteFromTerminal(),
  "all three are connected": () => home.meshOfThree(),
  "a killed peer comes back and gets what it missed": () => home.killed(),
  "messages need no server, and the peer finds it again": () => home.withoutServer(),
  "the peer stops when it is asked to": async () => assert.equal(await home.attic.stop(), 0),
});
