// Invitations that must open nothing: photographed, altered, expired, used, cancelled. Each is refused in words, to the
// web app's people and on the command line.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../support/peer.mjs";
import { lie, MARK } from "./household.mjs";
import { tamper } from "./tokens.mjs";

const HALF_AN_HOUR_MS = 30 * 60 * 1000;
const EXPIRED = /The invitation has expired\. Ask for a new one/;
const USED = /The invitation has been used already/;
const ANOTHERS = /The invitation is for another device/;
const ALTERED = /The invitation was altered on its way/;

/** A device that would like to join, in the web app. */
class Page {
  constructor(client) {
    this.client = client;
  }

  code() {
    return this.client.device.at("registration-text").inputValue();
  }

  async refuses(invitation, sentence) {
    await this.client.paste(invitation);
    await this.client.device.page.getByText(sentence).waitFor();
  }

  /** Where the device cannot know, and the server says it. */
  async refusesAfterTrying(invitation, sentence) {
    await this.client.paste(invitation);
    await this.client.device.at("join-confirm").click();
    await this.client.device.page.getByText(sentence).waitFor();
    await this.client.device.at("join-again").click();
  }
}

/** One on the command line. */
class Terminal {
  constructor({ program, folder, server }, name) {
    this.program = program;
    this.data = join(folder, name);
    this.first = ["--json", "--server", server.url, "--name", `${MARK} ${name}`];
  }

  async code() {
    const { output } = await run(this.program, ["realm", "join", ...this.first, "--data", this.data]);
    return JSON.parse(output).link;
  }

  async refuses(invitation, sentence) {
    const { code, errors } = await run(this.program, ["realm", "join", invitation, "--data", this.data]);
    assert.match(errors, sentence);
    assert.equal(code, 1);
  }

  async skypod(...args) {
    const { code, errors } = await run(this.program, [...args, "--data", this.data]);
    assert.equal(code, 0, errors);
  }
}

await lie("invitations that open nothing", async (home) => {
  const { attic, desk } = await home.settle();
  const page = new Page(await home.browser("thief"));
  const shed = new Terminal(home, "shed");
  await page.client.registration();
  const invite = (registration) => attic.peer.command("pairing.invite", { registration });

  await home.step("a photographed one is of no use to another device", async () => {
    const forShed = await invite(await shed.code());
    const forPage = await invite(await page.code());
    await page.refuses(forShed.invitation, ANOTHERS);
    await shed.refuses(forPage.invitation, ANOTHERS);
  });

  await home.step("nor is one that was changed to name it", async () => {
    await page.client.learnId();
    const { invitation } = await invite(await shed.code());
    const renamed = tamper(invitation.slice(3), (claims) => (claims.sub = page.client.id));
    await page.refuses(`i2~${renamed}`, ALTERED);
  });

  await home.step("a cancelled one is refused", async () => {
    const forPage = await invite(await page.code());
    const forShed = await invite(await shed.code());
    for (const { id } of [forPage, forShed]) await attic.peer.command("pairing.cancel", { id });
    await page.refusesAfterTrying(forPage.invitation, USED);
    await shed.refuses(forShed.invitation, USED);
  });

  await home.step("an expired one is refused", async () => {
    const forPage = await invite(await page.code());
    const forShed = await invite(await shed.code());
    await home.setClock(HALF_AN_HOUR_MS);
    await page.refusesAfterTrying(forPage.invitation, EXPIRED);
    await shed.refuses(forShed.invitation, EXPIRED);
    await home.setClock(0);
  });

  await home.step("a good one is good once", async () => {
    const { invitation } = await invite(await shed.code());
    await shed.skypod("realm", "join", invitation);
    await shed.refuses(invitation, /belongs to a realm already/);
    await shed.skypod("realm", "leave");
    await shed.refuses(invitation, /removed|not a member/);
  });

  await home.step("nobody came in", async () => {
    for (const member of [attic, desk]) await member.members((rows) => rows.length === 2);
    await page.client.device.at("registration-text").waitFor();
    await home.mesh();
    await home.everyoneTalks("p2p");
  });
});
