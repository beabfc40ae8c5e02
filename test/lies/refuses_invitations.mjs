// Invitations that must open nothing: photographed, expired, used, for another key, cancelled. Each is refused in
// words, to the web app's people and on the command line.
import assert from "node:assert/strict";
import { join } from "node:path";
import { run } from "../support/peer.mjs";
import { lie, MARK } from "./household.mjs";
import { tamper } from "./tokens.mjs";

const HALF_AN_HOUR_MS = 30 * 60 * 1000;
const EXPIRED = /The invitation has expired\. Ask for a new one/;
const USED = /The invitation has been used already\. Ask for a new one/;
const ANOTHERS = /The invitation is for another device/;
const ALTERED = /The invitation was altered on its way/;

await lie("invitations that open nothing", async (home) => {
  const { server } = home;
  const { attic, desk } = await home.settle();
  const thief = await home.browser("thief");
  const shed = join(home.folder, `${MARK} shed`);
  const options = ["--json", "--server", server.url, "--name", `${MARK} shed`, "--data", shed];
  await thief.registration();

  const invite = async (code) => attic.peer.command("pairing.invite", { registration: code });
  /** The code of the device of the command line. */
  const codeOfShed = async () => JSON.parse((await run(home.program, ["realm", "join", ...options])).output).link;
  const codeOfThief = () => thief.device.at("registration-text").inputValue();

  const terminalRefuses = async (invitation, sentence) => {
    const { code, errors } = await run(home.program, ["realm", "join", invitation, "--data", shed]);
    assert.match(errors, sentence);
    assert.equal(code, 1);
  };
  const pageRefuses = async (invitation, sentence, isAsked) => {
    await thief.paste(invitation);
    if (isAsked) await thief.device.at("join-confirm").click();
    await thief.device.page.getByText(sentence).waitFor();
    await thief.device.shot(`refused-${String(sentence).replace(/\W+/g, "-")}`);
    if (isAsked) await thief.device.at("join-again").click();
  };

  await home.step("a photographed one is of no use to another device", async () => {
    const { invitation: forShed } = await invite(await codeOfShed());
    const { invitation: forThief } = await invite(await codeOfThief());
    await pageRefuses(forShed, ANOTHERS, false);
    await terminalRefuses(forThief, ANOTHERS);
  });

  await home.step("nor is one that was changed to name it", async () => {
    const { invitation } = await invite(await codeOfShed());
    const rename = (id) => `i2~${tamper(invitation.slice(3), (claims) => (claims.sub = id))}`;
    await thief.learnId();
    await pageRefuses(rename(thief.id), ALTERED, false);
  });

  await home.step("a cancelled one is refused", async () => {
    const first = await invite(await codeOfThief());
    const second = await invite(await codeOfShed());
    for (const { id } of [first, second]) await attic.peer.command("pairing.cancel", { id });
    await pageRefuses(first.invitation, USED, true);
    await terminalRefuses(second.invitation, USED);
  });

  await home.step("an expired one is refused", async () => {
    const forThief = await invite(await codeOfThief());
    const forShed = await invite(await codeOfShed());
    await home.setClock(HALF_AN_HOUR_MS);
    await pageRefuses(forThief.invitation, EXPIRED, true);
    await terminalRefuses(forShed.invitation, EXPIRED);
    await home.setClock(0);
  });

  await home.step("a good one is good once", async () => {
    const { invitation } = await invite(await codeOfShed());
    const joined = await run(home.program, ["realm", "join", invitation, "--data", shed]);
    assert.equal(joined.code, 0, joined.errors);
    await terminalRefuses(invitation, /belongs to a realm already/);
    const left = await run(home.program, ["realm", "leave", "--data", shed]);
    assert.equal(left.code, 0, left.errors);
    await terminalRefuses(invitation, /removed|not a member/);
  });

  await home.step("nobody came in", async () => {
    for (const member of [attic, desk]) await member.members((rows) => rows.length === 2);
    assert.equal(await thief.inRealm(), false);
    await home.everyoneTalks("relay");
  });
});
