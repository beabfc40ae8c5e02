// Lie 8: the server gives the ledger's statements in another order, or not all of them.
import { isAnswer, isEvent, lie, SENTENCES } from "./household.mjs";

await lie("a server that reorders and drops statements", async (home) => {
  const { server } = home;
  const { attic } = await home.settle("cellar");
  await home.mesh();
  const answer = (change) =>
    server.lie(({ from, message }) => {
      if (from !== "server" || !isAnswer(message)) return undefined;
      return [{ ...message, dat: { ...message.dat, ledger: change(message.dat.ledger) } }];
    });

  await home.step("their order means nothing", async () => {
    const truth = answer((ledger) => ledger.toReversed());
    await home.reconnect();
    await home.everyoneTalks("relay");
    truth();
  });

  await home.step("without some of them everybody is still a member, and people are told", async () => {
    const truth = answer((ledger) => ledger.slice(0, 1));
    for (const _ of ["a disk may have died", "not twice"]) {
      await home.reconnect();
      await home.everyoneTalks("relay");
    }
    await home.everyoneIsTold(SENTENCES.withheld);
    truth();
  });

  await home.step("a newcomer who gets no proofs trusts nobody", async () => {
    const stop = [
      answer(() => []),
      server.lie(({ from, message }) => (from === "server" && isEvent(message, "realm.statement") ? [] : undefined)),
    ];
    const porch = await home.native("porch");
    await porch.join(await attic.invitation(await porch.registration()));
    await porch.told("alarm", SENTENCES.unproven);
    await porch.members((rows) => rows.length === 0);
    stop.forEach((truth) => truth());
    home.members.push(porch);
  });

  await home.step("the whole truth brings it in", async () => {
    await home.reconnect();
    await home.mesh();
    await home.everyoneTalks("relay");
    await home.everyoneTalks("p2p");
  });
});
