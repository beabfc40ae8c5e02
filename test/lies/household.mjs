// A realm at a server that lies. Its members are a browser and native devices; what is true of every lie is checked
// here, at its end.
//
//   node LIE.mjs SKYPOD FOLDER     keeps profiles and screenshots in FOLDER; VERBOSE=1 prints the browser's console
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Skypod } from "../e2e/servers.mjs";
import { Attacker } from "./attacker.mjs";
import { BrowserClient } from "./browser_client.mjs";
import { LyingServer } from "./lying_server.mjs";
import { NativeClient } from "./native_client.mjs";
import { openTexts } from "./tokens.mjs";

/** What people are told of each kind of lie; core/device/device.cpp has the whole sentences. */
export const SENTENCES = {
  unproven: /none of yours has admitted/,
  swappedKey: /a false key/,
  foreignStatement: /none of yours has signed/,
  forged: /altered or made up/,
  repeated: /an old message/,
  withheld: /does not keep what your devices tell it/,
  falseRemoval: /removed, but none of your devices/,
};

export const MARK = "Marzipan"; // in every name and message here; no frame may show it
const FORGERY = "Forgery"; // in whatever the attacker says
const MESH_MS = 60_000; // for a direct connection, tried again and again on a busy machine

/** Runs `work(home)` and what holds after every lie, and ends the process: 0 if all of it held. */
export async function lie(title, work) {
  const [program, folder] = process.argv.slice(2);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const home = new Household(program, folder);
  try {
    await home.begin();
    await work(home);
    await home.step("what holds after every lie holds", () => home.verify());
    console.log(`PASSED: ${title}`);
  } catch (error) {
    await home.takePictures();
    console.log(`FAILED: ${title}\n${error.stack}`);
    process.exitCode = 1;
  } finally {
    await home.end();
    process.exit();
  }
}

export class Household {
  members = []; // clients that belong to the realm
  guests = []; // clients that do not, or no longer
  #clients = [];
  #began = Date.now();

  constructor(program, folder) {
    this.program = program;
    this.folder = folder;
    this.attacker = new Attacker();
    this.real = new Skypod(program, join(folder, "server"));
  }

  async begin() {
    await this.attacker.proveItCouldRead();
    await this.real.start();
    this.server = new LyingServer(this.real.url);
    await this.server.start();
  }

  async step(name, work) {
    const result = await work();
    console.log(`ok ${name} (${((Date.now() - this.#began) / 1000).toFixed(1)} s)`);
    return result;
  }

  /** A device that is in no realm yet. */
  async native(name) {
    return this.#start(new NativeClient(this.program, this.folder, `${MARK} ${name}`, this.server.url));
  }

  async browser(name) {
    return this.#start(new BrowserClient(this.folder, `${MARK} ${name}`, this.server.url));
  }

  async #start(client) {
    this.#clients.push(client);
    await client.start();
    return client;
  }

  /** The realm of most lies: a native founder, a browser, and further native devices. Answers {attic, desk, …}. */
  async settle(...others) {
    const attic = await this.native("attic");
    await attic.found();
    this.members = [attic];
    this.realm = (await attic.peer.event("device", ({ realm }) => realm !== null)).realm;
    const cast = { attic };
    for (const name of others) cast[name] = await this.admit(attic, await this.native(name));
    cast.desk = await this.admit(attic, await this.browser("desk"));
    await this.step(`${this.members.length} devices are in a realm`, () => {});
    return cast;
  }

  async admit(inviter, invitee) {
    await invitee.join(await inviter.invitation(await invitee.registration()));
    this.members.push(invitee);
    return invitee;
  }

  /** `client` belongs to the realm no more; from now on nobody may list it. */
  expel(client) {
    this.members = this.members.filter((member) => member !== client);
    this.guests.push(client);
  }

  /** Waits until every member has a direct connection to every other. */
  async mesh() {
    const all = (rows) => rows.filter(({ state }) => state === "connected").length === this.members.length - 1;
    await Promise.all(this.members.map((member) => member.members(all, MESH_MS)));
  }

  /** Cuts every connection to the server and waits until the members have come back. */
  async reconnect() {
    const since = this.server.frames.length;
    this.server.cutAll();
    const back = ({ id }) => this.server.frame(`${id} comes back`, isWelcome(id), since);
    await Promise.all(this.members.map(back));
    await Promise.all(this.members.map((member) => member.online()));
  }

  /** The server goes on with its clock so far ahead, and the members come back to it. */
  async setClock(aheadMs) {
    const since = this.server.frames.length;
    await this.real.stop();
    this.real.clockAheadMs = aheadMs;
    await this.real.start();
    const back = ({ id }) => this.server.frame(`${id} comes back`, isWelcome(id), since);
    await Promise.all(this.members.map(back));
    await Promise.all(this.members.map((member) => member.online()));
  }

  /** A message of `from` reaches the others: by the server, in order behind all that it told them before. */
  async talk(from, mode = "relay", to = this.members.filter((member) => member !== from)) {
    const text = `${MARK} ${mode} ${++this.#said}`;
    await from.say(text, mode);
    await Promise.all(to.map((member) => member.hears(text)));
  }
  #said = 0;

  async everyoneTalks(mode = "relay") {
    for (const member of this.members) await this.talk(member, mode);
  }

  everyoneIsTold(pattern) {
    return Promise.all(this.members.map((member) => member.told("alarm", pattern)));
  }

  /** No client accepts a non-member, no plaintext reaches the server, nobody believed the attacker, all are well. */
  async verify() {
    const ours = new Set(this.members.map(({ id }) => id));
    for (const member of this.members) {
      const rows = await member.members(() => true);
      for (const { id } of rows) assert.ok(ours.has(id), `${member.name} lists ${id}, who is no member`);
      assert.ok(rows.length === ours.size, `${member.name} knows every member`);
      assert.equal(await member.heard(new RegExp(FORGERY)), false, `${member.name} shows what the attacker said`);
      assert.deepEqual(member.problems(), [], `${member.name} is well`);
    }
    this.#verifyFrames();
    assert.equal(await this.attacker.canOpen(this.server.frames.map(({ text }) => text)), false, "nothing can be read");
  }

  #verifyFrames() {
    const { id } = this.attacker;
    assert.ok(this.server.frames.length > 10, "the frames were seen");
    for (const { from, text } of this.server.frames) {
      const open = [...openTexts(text)].join("\n");
      assert.ok(!open.includes(MARK), `a frame shows what people wrote: ${open.slice(0, 300)}`);
      assert.ok(from === "server" || !open.includes(id), `a client spoke to the attacker: ${open.slice(0, 300)}`);
    }
  }

  async takePictures() {
    const browsers = this.#clients.filter((client) => client instanceof BrowserClient);
    await Promise.allSettled(browsers.map(({ device }) => device.shot("failed")));
    for (const { device } of browsers) for (const problem of device.problems) console.log(`page error: ${problem}`);
  }

  async end() {
    await Promise.allSettled(this.#clients.map((client) => client.kill()));
    this.server?.stop();
    await this.real.stop().catch(() => {});
  }
}

/** Whether a frame is the answer that lets `id` in. */
export function isWelcome(id) {
  return (frame) => frame.from === "server" && frame.id === id && isAnswer(frame.message);
}

export const isAnswer = (message) => message?.typ === "res" && message.msg === "preauth.authn";
export const isEvent = (message, name) => message?.typ === "evt" && message.msg === name;

/** A message that the attacker would like people to read. */
export const forgery = { msg: "app.message", dat: { id: "forged", text: FORGERY, at: 0 } };
