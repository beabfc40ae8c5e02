// A device's key under a passkey: made on first run, locked after a reload, opened by its passkey and by nothing else.
import assert from "node:assert/strict";
import { look } from "./looks.mjs";
import { Authenticator } from "./passkeys.mjs";
import { online } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

await scenario(async ({ server, device, step }) => {
  const a = device("a");
  const url = server.url.replace("127.0.0.1", "localhost"); // passkeys belong to a name, not to an address
  let authenticator;

  await step("on first run a passkey is offered", async () => {
    await a.open(url);
    authenticator = await Authenticator.add(a);
    await a.at("passkey-option").click();
    await look(a, "passkey-offered");
  });

  await step("a passkey that cannot keep a secret is refused in words", async () => {
    await authenticator.remove();
    authenticator = await Authenticator.add(a, { hasPrf: false });
    await a.at("passkey-make").click();
    await a.page.getByText("cannot protect a key").waitFor();
    await authenticator.remove();
  });

  const before = await identity(a);
  await step("a passkey is made, and the key it locks is a new one", async () => {
    authenticator = await Authenticator.add(a);
    await a.at("passkey-make").click();
    await a.at("passkey-made").waitFor();
    assert.equal((await authenticator.credentials()).length, 1);
    assert.notEqual((await identity(a)).id, before.id);
  });

  await step("nothing that is stored is the key", async () => {
    const kept = await identity(a);
    assert.deepEqual(kept.keys, [], "no key lies open");
    assert.ok(kept.locked, "the locked key is there");
    assert.equal(before.locked, false);
    assert.deepEqual(before.keys, ["opening:false", "signing:false"]);
  });

  await step("a realm is founded with it", async () => {
    await a.at("device-name").fill("Desk");
    await a.at("welcome-start").click();
    await online(a);
    await a.at("nav-devices").click();
    assert.equal(await a.at("this-device").getAttribute("data-passkey"), "true");
  });

  await step("after a reload skypod is locked", async () => {
    await a.page.reload();
    await a.at("unlock").waitFor();
    assert.equal(await a.at("nav-devices").count(), 0);
    await look(a, "locked");
  });

  await step("somebody else stays outside", async () => {
    await authenticator.verify(false);
    await a.at("unlock").click();
    await a.page.getByText("skypod stays locked").waitFor();
    assert.equal(await a.at("nav-devices").count(), 0);
    await look(a, "locked-refused");
    await authenticator.verify(true);
  });

  await step("its passkey unlocks it, and it is the same device in its realm", async () => {
    await a.at("unlock").click();
    await online(a);
    await a.at("nav-devices").click();
    await a.at("peer-row").getByText("Desk", { exact: true }).waitFor();
  });

  await step("with another passkey in the place of its own it stays locked", async () => {
    await a.page.reload();
    await authenticator.replaceSecrets();
    await a.at("unlock").click();
    await a.page.getByText("not this device's passkey").waitFor();
    assert.equal(await a.at("nav-devices").count(), 0);
  });

  await step("whoever has lost it can start over, without the old library", async () => {
    await a.at("passkey-lost").click();
    await look(a, "passkey-lost");
    await a.at("confirm").click();
    await a.at("welcome-start").waitFor();
    const fresh = await identity(a);
    assert.equal(fresh.locked, false);
    await a.page.reload();
    await a.at("welcome-start").waitFor();
  });
});

/** What IndexedDB keeps of the identity: its id, which open keys with "name:extractable", whether one is locked. */
function identity(device) {
  return device.page.evaluate(async () => {
    const settled = (request) =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await settled(indexedDB.open("skypod-identity"));
    const kept = await settled(database.transaction("identity").objectStore("identity").get("self"));
    database.close();
    const keys = Object.entries(kept).filter(([, value]) => value instanceof CryptoKey);
    return { id: kept.id, keys: keys.map(([name, key]) => `${name}:${key.extractable}`).sort(), locked: "locked" in kept };
  });
}
