// Lie 11: the server keeps a removal, and the new key, from a member. As long as the devices are connected directly,
// they tell each other.
import assert from "node:assert/strict";
import { isEvent, lie } from "./household.mjs";

await lie("a server that withholds a removal", async (home) => {
  const { server } = home;
  const { attic, desk, cellar, shed } = await home.settle("cellar", "shed");
  await home.mesh();
  let kept = 0;

  await home.step("a removal that only the remover and the server hear of reaches everyone directly", async () => {
    server.lie(({ from, id, message }) => {
      const secrets = ["realm.statement", "realm.broadcast", "realm.rtc.peer-left"];
      const isSecret = message?.typ === "err" || secrets.some((name) => isEvent(message, name));
      if (from !== "server" || id === desk.id || !isSecret) return undefined;
      kept += 1;
      return [];
    });
    await desk.remove(cellar.id);
    home.expel(cellar);
    for (const member of [attic, shed]) await member.members((rows) => rows.every(({ id }) => id !== cellar.id));
    await cellar.told("warning", /was removed/);
    assert.ok(kept >= 3, "the server did hold it back");
  });

  await home.step("and so does the new key", async () => {
    for (const member of home.members) {
      await member.members((rows) => rows.every(({ id, current }) => id === member.id || current === true));
    }
    await home.everyoneTalks("p2p");
  });

  await home.step("what is said by way of the server again, everyone can read", async () => {
    server.tellTheTruth();
    await home.everyoneTalks("relay");
  });
});
