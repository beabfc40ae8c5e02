// Lie 3: the server brings admissions that are genuine, but mean nothing here: of a device that was removed since, and
// of another realm. The removed device helps it with all its keys.
import { isEvent, lie, SENTENCES } from "./household.mjs";
import { peek } from "./tokens.mjs";

await lie("a server that replays admissions", async (home) => {
  const { server } = home;
  const { attic, desk, cellar } = await home.settle("cellar");
  const neighbour = await home.native("neighbour");
  await neighbour.found();
  const lodger = await home.native("lodger");
  await lodger.join(await neighbour.invitation(await lodger.registration()));
  await home.mesh();
  const joined = (client) => server.frame("a joining", isJoining(client));
  const ofCellar = (await joined(cellar)).message;
  const ofLodger = (await joined(lodger)).message;

  await home.step("a device is removed, and told", async () => {
    await attic.remove(cellar.id);
    home.expel(cellar);
    await cellar.told("warning", /was removed/);
    await desk.members((rows) => rows.every(({ id }) => id !== cellar.id));
    await home.talk(attic);
  });

  await home.step("its old admission makes it no member again", async () => {
    announce(ofCellar);
    await home.everyoneIsTold(SENTENCES.withheld);
  });

  await home.step("nor does another realm's make its device one", async () => {
    announce(ofLodger);
    await home.everyoneIsTold(SENTENCES.unproven);
    await home.everyoneIsTold(SENTENCES.foreignStatement);
  });

  await home.step("what the two say, with keys of theirs, has no effect", async () => {
    for (const member of home.members) {
      for (const stranger of [cellar, lodger]) pass(stranger, member);
    }
    await home.everyoneTalks("relay");
    await home.everyoneTalks("p2p");
  });

  function isJoining({ id }) {
    return ({ message }) => isEvent(message, "realm.rtc.peer-joined") && message.dat.identity === id;
  }

  function announce(joining) {
    for (const { id } of home.members) {
      server.of(id).toClient(joining);
      server.of(id).toClient({ typ: "evt", msg: "realm.statement", dat: { statements: [joining.dat.statement] } });
    }
  }

  /** Gives `member` all that `stranger` ever signed for others. */
  function pass(stranger, member) {
    const tokens = server.frames.map(({ message }) => message?.dat?.signed).filter((signed) => signed);
    for (const signed of new Set(tokens.filter((token) => peek(token)?.iss === stranger.id))) {
      const dat = { localid: stranger.id, remoteid: member.id, signed };
      server.of(member.id).toClient({ typ: "evt", msg: "realm.rtc.signal", dat });
    }
  }
});
