// Lie 4: the server gives an old answer again, from before a removal; and somebody gives the honest server a device's
// old token again.
import assert from "node:assert/strict";
import { isAnswer, isWelcome, lie, SENTENCES } from "./household.mjs";

await lie("a server that replays authentications", async (home) => {
  const { server } = home;
  const { attic, desk, cellar } = await home.settle("cellar");
  await home.mesh();
  await home.reconnect();
  const before = {};
  for (const { id } of [attic, desk]) before[id] = server.frames.filter(isWelcome(id)).at(-1).message;

  await home.step("a device is removed", async () => {
    await attic.remove(cellar.id);
    home.expel(cellar);
    await desk.members((rows) => rows.every(({ id }) => id !== cellar.id));
    await home.talk(desk);
  });

  await home.step("old answers, without the removal, bring nobody back", async () => {
    const truth = server.lie(({ from, id, message }) => {
      return from === "server" && isAnswer(message) ? [before[id]] : undefined;
    });
    for (const _ of ["a disk may have died", "not twice"]) {
      await home.reconnect();
      await home.everyoneTalks("relay");
    }
    await home.everyoneIsTold(SENTENCES.withheld);
    truth();
  });

  await home.step("the honest server refuses old tokens", async () => {
    const isEntry = ({ from, message }) => from === "client" && message?.msg?.startsWith("preauth.");
    const tokens = server.frames.filter(isEntry);
    assert.ok(tokens.length >= 5);
    for (const { text, message } of tokens) {
      const { answers, code } = await server.ask(text);
      assert.equal(answers.at(-1).dat.code, "stale_nonce", message.msg);
      assert.equal(code, 4401);
    }
  });

  await home.step("the devices go on", () => home.everyoneTalks("p2p"));
});
