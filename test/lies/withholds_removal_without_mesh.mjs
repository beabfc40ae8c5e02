// Lie 11, where the devices have no way to each other but the server: the remover is told who has not confirmed, and
// nothing that it says from then on can be read by the removed device, to which the server goes on giving everything.
import assert from "node:assert/strict";
import { isEvent, lie } from "./household.mjs";
import { peek } from "./tokens.mjs";

const CONFIRMATION_MS = 60_000; // core/realm/client.hpp waits 30 s for a confirmation

await lie("a server that withholds a removal and every signal", async (home) => {
  const { server } = home;
  server.lie(({ from, message }) => (from === "client" && message?.msg === "realm.rtc.signal" ? [] : undefined));
  const { attic, desk, cellar } = await home.settle("cellar");
  const keyOf = ({ message }) => peek(message.dat.payload).kid;
  const isRelayed = ({ from, id, message }) => {
    if (from !== "client" || id !== attic.id || message?.msg !== "realm.broadcast") return false;
    return message.dat.payload.split(".").length === 5;
  };

  const before = await home.step("before the removal all can read", async () => {
    await home.talk(attic);
    return keyOf(await server.frame("a relayed message", isRelayed));
  });

  await home.step("a removal is kept from everyone", async () => {
    keepInTheDark(server, [desk], cellar);
    await attic.remove(cellar.id);
    home.expel(cellar);
    await attic.members((rows) => rows.every(({ id }) => id !== cellar.id));
    await desk.members((rows) => rows.some(({ id }) => id === cellar.id));
  });

  const since = server.frames.length;
  await home.step("what the remover says is closed to the removed device, though it gets it", async () => {
    await attic.say("Marzipan after the removal", "relay");
    const frame = await server.frame("a message after the removal", isRelayed, since);
    assert.notEqual(keyOf(frame), before, "it is under another key");
    const { payload } = frame.message.dat;
    server.of(cellar.id).toClient({ typ: "evt", msg: "realm.broadcast", dat: { payload, sender: attic.id } });
    const isQuestion = ({ from, id, message }) => {
      return from === "client" && id === cellar.id && message?.msg === "realm.rtc.signal";
    };
    await server.frame("the removed device asks for the key", isQuestion, since);
    assert.equal(await cellar.heard(/after the removal/), false);
  });

  await home.step("the remover is told who has not confirmed", async () => {
    await attic.told("info", /has not confirmed the latest change of members/, CONFIRMATION_MS);
    await attic.members((rows) => rows.find(({ id }) => id === desk.id).current !== true);
  });

  await home.step("with the truth the other hears of it, and can read", async () => {
    server.tellTheTruth();
    await home.reconnect();
    await desk.members((rows) => rows.every(({ id }) => id !== cellar.id));
    await home.mesh();
    await home.everyoneTalks("relay");
    assert.equal(await cellar.heard(/after the removal/), false);
  });
});

/** They hear neither of the removal nor of its key, and the removed device's connection seems to last. */
function keepInTheDark(server, members, removed) {
  const ids = [...members, removed].map(({ id }) => id);
  server.of(removed.id).keptOpen = true;
  server.lie(({ from, id, message }) => {
    const telling = message?.typ === "err" || ["realm.statement", "realm.rtc.peer-left"].includes(message?.msg);
    const token = isEvent(message, "realm.broadcast") && peek(message.dat.payload)?.msg === "realm.epoch";
    return from === "server" && ids.includes(id) && (telling || token) ? [] : undefined;
  });
}
