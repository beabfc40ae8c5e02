// Lie 9: the server says that devices have joined or left that have not: a stranger, a member that is switched off, and
// members that are there.
import assert from "node:assert/strict";
import { isEvent, lie, SENTENCES } from "./household.mjs";

await lie("a server that forges who joins and leaves", async (home) => {
  const { server, attacker } = home;
  const { attic, desk, cellar } = await home.settle("cellar");
  await home.mesh();
  const isJoining = ({ message }) => isEvent(message, "realm.rtc.peer-joined") && message.dat.identity === cellar.id;
  const { message: joining } = await server.frame("cellar joining", isJoining);
  const awake = [attic, desk];

  await home.step("a stranger with a member's admission is no member", async () => {
    for (const { id } of awake) {
      const dat = { ...joining.dat, identity: attacker.id, pubkey: attacker.pubkey };
      server.of(id).toClient({ ...joining, dat });
      server.of(id).toClient(attacker.offer(home.realm, id));
    }
    await Promise.all(awake.map((member) => member.told("alarm", SENTENCES.unproven)));
  });

  await home.step("a member that is switched off is tried, but nothing counts as its word", async () => {
    await cellar.stop();
    await Promise.all(awake.map((member) => member.members((rows) => row(rows, cellar).online === false)));
    for (const { id } of awake) {
      server.of(id).toClient(joining);
      server.of(id).toClient(attacker.offer(home.realm, id, cellar.id));
    }
    await Promise.all(awake.map((member) => member.told("alarm", SENTENCES.forged)));
    for (const member of awake) {
      const rows = await member.members((list) => row(list, cellar).online !== false);
      assert.notEqual(row(rows, cellar).state, "connected");
    }
  });

  await home.step("a member that is said to have left stays connected", async () => {
    for (const [to, other] of [awake, awake.toReversed()]) {
      server.of(to.id).toClient({ typ: "evt", msg: "realm.rtc.peer-left", dat: { identity: other.id } });
      await to.members((rows) => row(rows, other).online === false && row(rows, other).state === "connected");
    }
    await home.talk(attic, "p2p", [desk]);
    await home.talk(desk, "p2p", [attic]);
  });

  await home.step("with the truth all come together", async () => {
    await cellar.peer.start();
    await home.reconnect();
    await home.mesh();
    await home.everyoneTalks("p2p");
  });
});

function row(rows, { id }) {
  return rows.find((one) => one.id === id);
}
