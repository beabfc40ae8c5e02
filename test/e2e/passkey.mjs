// A device's key under a passkey: made on first run, locked after a reload, opened by its passkey and by nothing else.
import assert from "node:assert/strict";
import { look } from "./looks.mjs";
import { Authenticator } from "./passkeys.mjs";
import { online } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

// In the page: the database of its identity.
const OPEN = `new Promise((resolve, reject) => {
  const request = indexedDB.open("skypod-identity");
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
})`;

const { server, a, walk } = scenario("a");
const url = () => server.url.replace("127.0.0.1", "localhost"); // passkeys belong to a name, not to an address
let authenticator;
let before;

await walk({
  "on first run a passkey is offered": async () => {
    await a.open(url());
    authenticator = await Authenticator.add(a);
    await a.at("passkey-option").click();
    await look(a, "passkey-offered");
  },

  "a passkey that cannot keep a secret is refused in words": async () => {
    await authenticator.remove();
    authenticator = await Authenticator.add(a, { hasPrf: false });
    await a.at("passkey-make").click();
    await a.page.getByText("cannot protect a key").waitFor();
    before = await identity(a);
    await authenticator.remove();
  },

  "a passkey is made, and the key it locks is a new one": async () => {
    authenticator = await Authenticator.add(a);
    await a.at("passkey-make").click();
    await a.at("passkey-made").waitFor();
    assert.equal((await authenticator.credentials()).length, 1);
    assert.notEqual((await identity(a)).id, before.id);
  },

  "nothing that is stored is the key": async () => {
    const kept = await identity(a);
    assert.deepEqual(kept.keys, [], "no key lies open");
    assert.ok(kept.locked, "the locked key is there");
    assert.equal(before.locked, false);
    assert.deepEqual(before.keys, ["opening:false", "signing:false"]);
  },

  "a realm is founded with it": async () => {
    await a.at("device-name").fill("Desk");
    await a.at("welcome-start").click();
    await online(a);
    await a.at("nav-devices").click();
    assert.equal(await a.at("this-device").getAttribute("data-passkey"), "true");
  },

  "after a reload skypod is locked": async () => {
    await a.page.reload();
    await a.at("unlock").waitFor();
    assert.equal(await a.at("nav-devices").count(), 0);
    await look(a, "locked");
  },

  "its passkey unlocks it, and it is the same device in its realm": async () => {
    await a.at("unlock").click();
    await online(a);
    await a.at("nav-devices").click();
    await a.at("peer-row").getByText("Desk", { exact: true }).waitFor();
  },

  "another secret than its own leaves it locked, and its own unlocks it then": async () => {
    await changeSalt(a);
    await a.page.reload();
    await a.at("unlock").click();
    await a.page.getByText("not this device's passkey").waitFor();
    assert.equal(await a.at("nav-devices").count(), 0);
    await look(a, "locked-refused");
    await changeSalt(a);
    await a.page.reload();
    await a.at("unlock").click();
    await online(a);
  },

  "a passkey of the same name without the secret leaves it locked": async () => {
    await a.page.reload();
    await authenticator.replaceSecrets();
    await a.at("unlock").click();
    await a.page.getByText("does not hold this device's secret").waitFor();
  },

  "somebody else leaves it locked": async () => {
    await authenticator.refuse();
    await a.at("unlock").click();
    await a.page.getByText("The passkey was not used").waitFor();
    assert.equal(await a.at("nav-devices").count(), 0);
  },

  "whoever has lost it can start over, without the old library": async () => {
    await a.at("passkey-lost").click();
    await look(a, "passkey-lost");
    await a.at("confirm").click();
    await a.at("welcome-start").waitFor();
    const fresh = await identity(a);
    assert.equal(fresh.locked, false);
    await a.page.reload();
    await a.at("welcome-start").waitFor();
  },
});

/** What IndexedDB keeps of the identity: its id, which open keys with "name:extractable", whether one is locked. */
function identity(device) {
  return device.page.evaluate(`(async () => {
    const database = await ${OPEN};
    const request = database.transaction("identity").objectStore("identity").get("self");
    const kept = await new Promise((resolve) => (request.onsuccess = () => resolve(request.result)));
    database.close();
    const keys = Object.entries(kept).filter(([, value]) => value instanceof CryptoKey);
    const names = keys.map(([name, key]) => name + ":" + key.extractable).sort();
    return { id: kept.id, keys: names, locked: "locked" in kept };
  })()`);
}

/** The next time the passkey is asked about something else, and so answers something else; twice is back again. */
async function changeSalt(device) {
  await device.page.evaluate(`(async () => {
    const database = await ${OPEN};
    const transaction = database.transaction("identity", "readwrite");
    const store = transaction.objectStore("identity");
    store.get("self").onsuccess = ({ target }) => {
      target.result.passkey.salt[0] ^= 1;
      store.put(target.result, "self");
    };
    await new Promise((resolve) => (transaction.oncomplete = resolve));
    database.close();
  })()`);
}
