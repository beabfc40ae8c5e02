// Lie 5: the server passes on a broadcast again: to those who had it, to others, and as another's.
import assert from "node:assert/strict";
import { isEvent, lie, SENTENCES } from "./household.mjs";

await lie("a server that replays broadcasts", async (home) => {
  const { server } = home;
  await home.settle("cellar");
  await home.mesh();
  const everyone = home.members;

  await home.step("messages go by way of the server", () => home.everyoneTalks("relay"));

  await home.step("every one of them comes again, and is dropped", async () => {
    const old = server.frames.filter(({ from, message }) => from === "server" && isEvent(message, "realm.broadcast"));
    for (const { id, message } of old) server.of(id).toClient(message);
    await home.everyoneIsTold(SENTENCES.repeated);
  });

  await home.step("as another's they are taken for forged", async () => {
    const old = server.frames.filter(({ from, message }) => from === "server" && isEvent(message, "realm.broadcast"));
    for (const member of everyone) {
      const { message } = old.find(({ id }) => id === member.id);
      const sender = everyone.find(({ id }) => id !== member.id && id !== message.dat.sender).id;
      server.of(member.id).toClient({ ...message, dat: { ...message.dat, sender } });
    }
    await home.everyoneIsTold(SENTENCES.forged);
  });

  await home.step("nobody heard anything twice, and they go on", async () => {
    await home.everyoneTalks("relay");
    await home.everyoneTalks("p2p");
    for (const member of everyone) assert.equal(await member.repeats(), false, member.name);
  });
});
