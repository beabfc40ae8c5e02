// Lie 13: the server tells members that they were removed, with a proof of its own making.
import assert from "node:assert/strict";
import { lie, SENTENCES } from "./household.mjs";

const REMOVED = {
  status: 403,
  code: "removed",
  message: "This device was removed from the realm. To come back it needs an invitation under a new identity.",
};

await lie("a server that claims removals", async (home) => {
  const { server, attacker } = home;
  const { attic, desk } = await home.settle();
  await home.mesh();

  await home.step("members that are told so keep their realm, and say who said it", async () => {
    server.lie(({ from, id, message, connection }) => {
      if (from !== "client" || message?.msg !== "preauth.authn") return undefined;
      const other = home.members.find((member) => member.id !== id);
      const statements = [attacker.genesis(home.realm), attacker.removal(home.realm, other.id, id)];
      connection.toClient({ typ: "evt", msg: "realm.statement", dat: { statements } });
      connection.toClient({ typ: "err", msg: "preauth.authn", seq: message.seq, dat: REMOVED });
      return [];
    });
    server.cutAll();
    await home.everyoneIsTold(SENTENCES.foreignStatement);
    await home.everyoneIsTold(SENTENCES.falseRemoval);
    await Promise.all(home.members.map((member) => member.refused(/was removed/)));
  });

  await home.step("what connects them directly stays", () => home.everyoneTalks("p2p"));

  await home.step("also after a restart they are members", async () => {
    await Promise.all(home.members.map((member) => member.restart()));
    await Promise.all(home.members.map((member) => member.refused(/was removed/)));
    for (const member of home.members) assert.ok(await member.inRealm(), member.name);
  });

  await home.step("an honest server lets them in", async () => {
    server.tellTheTruth();
    await Promise.all(home.members.map((member) => member.restart()));
    await Promise.all(home.members.map((member) => member.online()));
    await home.mesh();
    await home.talk(attic);
    await home.talk(desk, "p2p");
  });
});
