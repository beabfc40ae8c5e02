// Lie 1: the server adds a member: itself, with an admission of its own making, by every way that it has.
import { startFeedServer } from "../e2e/servers.mjs";
import { forgery, isAnswer, isEvent, lie, MARK, SENTENCES } from "./household.mjs";

await lie("a server that adds a member", async (home) => {
  const { server, attacker } = home;
  const { attic, desk } = await home.settle();
  await home.mesh();
  const { realm } = home;
  const self = attacker.genesis(realm);
  const statements = [self, attacker.admission(realm), attacker.admission(realm, attic.id)];

  await home.step("it names itself a member when devices come back", async () => {
    server.lie(({ from, message }) => {
      if (from !== "server") return undefined;
      if (isEvent(message, "realm.status")) return [naming(attacker.id, message, ["members", "peers"])];
      if (!isAnswer(message)) return undefined;
      const named = naming(attacker.id, message, ["peers"]);
      named.dat.identities[attacker.id] = attacker.pubkey;
      named.dat.ledger.push(...statements);
      return [named];
    });
    await home.reconnect();
    await home.everyoneIsTold(SENTENCES.unproven);
    await home.everyoneIsTold(SENTENCES.foreignStatement);
  });

  await home.step("it says that it has joined, and passes its admissions on as statements", async () => {
    for (const member of home.members) {
      const connection = server.of(member.id);
      for (const statement of statements) {
        const dat = { identity: attacker.id, pubkey: attacker.pubkey, statement, peers: [attacker.id, member.id] };
        connection.toClient({ typ: "evt", msg: "realm.rtc.peer-joined", dat });
      }
      connection.toClient({ typ: "evt", msg: "realm.statement", dat: { statements } });
    }
  });

  await home.step("it offers a connection, a key and a message, and asks for one", async () => {
    for (const { id } of home.members) {
      const connection = server.of(id);
      connection.toClient(attacker.offer(realm, id));
      connection.toClient(attacker.signal(realm, id, "rtc.request-connection", { polite: true }));
      connection.toClient(attacker.signal(realm, id, "realm.epoch-have", { epoch: 0, by: "", keyId: "" }));
      connection.toClient(attacker.signal(realm, id, forgery.msg, forgery.dat));
      const payload = attacker.sign({ aud: realm, ...forgery });
      connection.toClient({ typ: "evt", msg: "realm.broadcast", dat: { payload, sender: attacker.id } });
    }
    await home.everyoneTalks("relay");
    await home.everyoneTalks("p2p");
  });

  await home.step("a feed goes from one device to the other, unseen", async () => {
    const feeds = await startFeedServer(() => `<rss><channel><title>${MARK} feed</title></channel></rss>`);
    await attic.peer.command("library.add", { url: `${feeds.url}/feed.xml` });
    await desk.device.at("nav-library").click();
    await desk.device.at("subscription-row").filter({ hasText: MARK }).waitFor();
    feeds.stop();
  });
});

/** The message with `id` added to these of its lists. */
function naming(id, message, lists) {
  const named = structuredClone(message);
  for (const list of lists) named.dat[list].push(id);
  return named;
}
