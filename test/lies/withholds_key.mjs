// Lie 12: the server alters a new key on its way, or keeps it back.
import { isEvent, lie, SENTENCES } from "./household.mjs";
import { peek, tamper } from "./tokens.mjs";

const CONFIRMATION_MS = 60_000; // core/realm/client.hpp waits 30 s for a confirmation

await lie("a server that alters and withholds keys", async (home) => {
  const { server } = home;
  const { attic, desk } = await home.settle();
  await home.mesh();
  const isKey = (message) => isEvent(message, "realm.broadcast") && peek(message.dat.payload)?.msg === "realm.epoch";
  const current = (rows, { id }) => rows.find((one) => one.id === id).current;

  await home.step("altered it is taken for forged, and comes directly all the same", async () => {
    const truth = server.lie(({ from, message }) => {
      if (from !== "server" || !isKey(message)) return undefined;
      const lend = (claims) => (claims.dat.epoch += 1);
      return [{ ...message, dat: { ...message.dat, payload: tamper(message.dat.payload, lend) } }];
    });
    await attic.rotate();
    await desk.told("alarm", SENTENCES.forged);
    await desk.rotate();
    await attic.told("alarm", SENTENCES.forged);
    await attic.members((rows) => current(rows, desk) === true);
    await desk.members((rows) => current(rows, attic) === true);
    await home.everyoneTalks("relay");
    truth();
  });

  await home.step("kept back, with every signal, the maker is told who has not confirmed", async () => {
    server.lie(({ from, message }) => (from === "server" && isKey(message) ? [] : undefined));
    server.lie(({ from, message }) => (from === "client" && message?.msg === "realm.rtc.signal" ? [] : undefined));
    await Promise.all([attic.restart(), desk.restart()]);
    await home.reconnect();
    await desk.members((rows) => rows.every(({ state }) => state !== "connected"));
    await desk.rotate();
    await desk.told("info", /has not confirmed the latest change of members/, CONFIRMATION_MS);
    await desk.members((rows) => current(rows, attic) !== true);
  });

  await home.step("with the truth it arrives", async () => {
    server.tellTheTruth();
    await home.reconnect();
    await home.mesh();
    await desk.members((rows) => current(rows, attic) === true);
    await home.everyoneTalks("relay");
  });
});
