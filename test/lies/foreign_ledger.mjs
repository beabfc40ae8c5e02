// Lie 10: the server answers with another realm's ledger, its members and their keys.
import { isAnswer, isEvent, isWelcome, lie, SENTENCES } from "./household.mjs";

await lie("a server that hands out another realm's ledger", async (home) => {
  const { server } = home;
  await home.settle();
  await home.mesh();
  const neighbour = await home.native("neighbour");
  await neighbour.found();
  const lodger = await home.native("lodger");
  await lodger.join(await neighbour.invitation(await lodger.registration()));
  const theirs = (await server.frame("the lodger's answer", isWelcome(lodger.id))).message.dat;
  const truth = [];

  await home.step("instead of their own, devices get the neighbours'", async () => {
    truth.push(
      server.lie(({ from, id, message }) => {
        const ours = home.members.some((member) => member.id === id);
        if (from !== "server" || !ours || isEvent(message, "realm.status")) return undefined;
        return isAnswer(message) ? [{ ...message, dat: theirs }] : undefined;
      }),
    );
    await home.reconnect();
    await home.everyoneIsTold(SENTENCES.unproven);
    await home.everyoneIsTold(SENTENCES.foreignStatement);
  });

  await home.step("no neighbour is let in, and the devices go on", async () => {
    await home.everyoneTalks("relay");
    await home.everyoneTalks("p2p");
    truth.forEach((stop) => stop());
    await home.reconnect();
    await home.mesh();
  });
});
