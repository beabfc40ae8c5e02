// Lie 2: the server gives a member another key, its own, where it names keys, and speaks for that member with it.
import { forgery, isAnswer, isEvent, lie, SENTENCES } from "./household.mjs";

await lie("a server that swaps a member's key", async (home) => {
  const { server, attacker } = home;
  const { attic, desk } = await home.settle();
  await home.mesh();
  const others = [
    [attic, desk],
    [desk, attic],
  ];

  await home.step("it swaps the keys in its answer, and when it says who has joined", async () => {
    server.lie(({ from, message }) => {
      if (from !== "server") return undefined;
      if (isEvent(message, "realm.rtc.peer-joined")) {
        return [{ ...message, dat: { ...message.dat, pubkey: attacker.pubkey } }];
      }
      if (!isAnswer(message)) return undefined;
      const identities = { [attic.id]: attacker.pubkey, [desk.id]: attacker.pubkey };
      return [{ ...message, dat: { ...message.dat, identities } }];
    });
    await home.reconnect();
    await home.everyoneIsTold(SENTENCES.swappedKey);
  });

  await home.step("it speaks for the one to the other with that key", async () => {
    for (const [to, from] of others) {
      const connection = server.of(to.id);
      connection.toClient(attacker.offer(home.realm, to.id, from.id));
      connection.toClient(attacker.signal(home.realm, to.id, forgery.msg, forgery.dat, from.id));
      const payload = attacker.sign({ iss: from.id, aud: home.realm, ...forgery });
      connection.toClient({ typ: "evt", msg: "realm.broadcast", dat: { payload, sender: from.id } });
    }
    await home.everyoneIsTold(SENTENCES.forged);
  });

  await home.step("the devices go on as if nothing had been said", async () => {
    await home.everyoneTalks("relay");
    await home.mesh();
    await home.everyoneTalks("p2p");
  });
});
