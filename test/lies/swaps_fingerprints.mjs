// Lie 7: the server puts itself between two devices: it replaces the DTLS fingerprints in the offers and answers of
// both sides, under the old signature and under one of its own.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { isEvent, lie, SENTENCES } from "./household.mjs";
import { peek, tamper } from "./tokens.mjs";

await lie("a server that swaps DTLS fingerprints", async (home) => {
  const { server, attacker } = home;
  const mine = randomBytes(32).toString("hex").toUpperCase().match(/../g).join(":");
  let resign = false;
  let swapped = new Set();

  server.lie(({ from, message }) => {
    const claims = from === "server" && isEvent(message, "realm.rtc.signal") ? peek(message.dat.signed) : null;
    if (!/a=fingerprint:/.test(claims?.dat?.sdp)) return undefined;
    swapped.add(`${claims.iss} ${claims.msg}`);
    const swap = (read) => (read.dat.sdp = read.dat.sdp.replace(/(a=fingerprint:\S+ )\S+/g, `$1${mine}`));
    const signed = resign ? attacker.sign((swap(claims), claims)) : tamper(message.dat.signed, swap);
    return [{ ...message, dat: { ...message.dat, signed } }];
  });

  const { attic, desk } = await home.settle();
  for (const signer of ["the sender's", "the server's"]) {
    await home.step(`under ${signer} signature no device takes it`, async () => {
      await attic.online();
      await desk.online();
      await home.everyoneIsTold(SENTENCES.forged);
      await home.everyoneTalks("relay");
      for (const member of home.members) {
        const rows = await member.members((list) => list.length === 2);
        assert.ok(rows.every(({ state }) => state !== "connected"), `${member.name} is connected to nobody`);
      }
      for (const member of home.members) {
        assert.ok([...swapped].some((one) => one.startsWith(member.id)), `${member.name}'s was swapped`);
      }
    });
    resign = true;
    swapped = new Set();
    if (signer === "the sender's") await Promise.all(home.members.map((member) => member.restart()));
  }

  await home.step("once they pass unharmed, the devices connect", async () => {
    server.tellTheTruth();
    await home.reconnect();
    await home.mesh();
    await home.everyoneTalks("p2p");
  });
});
