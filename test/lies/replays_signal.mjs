// Lie 6: the server passes on signals again, and gives them to others than those they are for.
import { isEvent, lie, SENTENCES } from "./household.mjs";

await lie("a server that replays signals", async (home) => {
  const { server } = home;
  await home.settle("cellar");
  await home.mesh();
  const isSignal = ({ from, message }) => from === "server" && isEvent(message, "realm.rtc.signal");
  const signals = server.frames.filter(isSignal);

  await home.step("every signal comes again, and is dropped", async () => {
    for (const { id, message } of signals) server.of(id).toClient(message);
    await home.everyoneIsTold(SENTENCES.repeated);
  });

  await home.step("signals for another, or as another's, are taken for forged", async () => {
    for (const member of home.members) {
      const theirs = signals.filter(({ id, message }) => id !== member.id && message.dat.localid !== member.id);
      for (const { message } of theirs) server.of(member.id).toClient(message);
      const own = signals.filter(({ message }) => message.dat.localid === member.id);
      const other = home.members.find((one) => one !== member);
      for (const { message } of own) {
        const dat = { ...message.dat, localid: other.id, remoteid: member.id };
        server.of(member.id).toClient({ ...message, dat });
      }
    }
    await home.everyoneIsTold(SENTENCES.forged);
  });

  await home.step("no connection is lost over it", async () => {
    await home.everyoneTalks("relay");
    await home.mesh();
    await home.everyoneTalks("p2p");
  });
});
