// Lie 14: the server shifts its clock by a day while it replays, so that what is old looks new.
import { isEvent, lie, SENTENCES } from "./household.mjs";

const DAY_MS = 24 * 60 * 60 * 1000;

await lie("a server that shifts its clock", async (home) => {
  const { server } = home;
  await home.setClock(-DAY_MS);
  await home.settle();
  await home.mesh();

  const yesterdays = await home.step("what is said yesterday is kept by the server", async () => {
    await Promise.all(home.members.map((member) => member.told("warning", /clock/)));
    await home.everyoneTalks("relay");
    return server.frames.filter(({ from, message }) => {
      return from === "server" && ["realm.broadcast", "realm.rtc.signal"].some((name) => isEvent(message, name));
    });
  });
  const replay = () => yesterdays.forEach(({ id, message }) => server.of(id).toClient(message));

  await home.step("today it is dropped as old", async () => {
    await home.setClock(0);
    replay();
    await home.everyoneIsTold(SENTENCES.repeated);
    await home.everyoneTalks("relay");
  });

  await home.step("it is dropped where devices have been restarted and are told that it is yesterday", async () => {
    await home.setClock(-DAY_MS);
    for (const member of home.members) {
      await member.restart();
      await member.online();
    }
    replay();
    await home.everyoneIsTold(SENTENCES.repeated);
  });

  await home.step("with the truth they go on", async () => {
    await home.setClock(0);
    await home.mesh();
    await home.everyoneTalks("relay");
    await home.everyoneTalks("p2p");
  });
});
