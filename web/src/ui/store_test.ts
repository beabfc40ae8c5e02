import assert from "node:assert/strict";
import { test } from "node:test";
import { type Core, CoreError, type Message } from "../protocol";
import { feedSetting } from "./preferences";
import { sentence, Store } from "./store";
import { speak, strings } from "./strings";

/** A core whose answers the test gives when it wants to. */
function setUp() {
  const listeners = new Map<string, (event: unknown) => void>();
  const asked: { name: string; answer: (value: unknown) => void; fail: (error: unknown) => void }[] = [];
  const core = {
    command: (name: string) => {
      if (name === "queue.list") return Promise.resolve({ queue: [] });
      if (name === "settings.list") return Promise.resolve({ everywhere: { speed: 2 }, here: {} });
      return new Promise((answer, fail) => asked.push({ name, answer, fail }));
    },
    on: (name: string, listener: (event: unknown) => void) => void listeners.set(name, listener),
  };
  const store = new Store(core as unknown as Core);
  const tell = (name: string, event: unknown) => listeners.get(name)!(event);
  const settle = () => new Promise(setImmediate);
  return { store, asked, tell, settle };
}

const message = (id: string): Message => ({ id, from: "a", text: "hello", mode: "p2p", atMs: 1 });

test("a burst of library changes asks once more, not once each", async () => {
  const { store, asked, tell, settle } = setUp();
  for (let change = 0; change < 10; change++) tell("library.changed", { what: ["episodes"] });
  assert.equal(asked.length, 1);
  assert.equal(store.libraryVersion.value, 11);
  asked[0]!.answer({ subscriptions: [] });
  await settle();
  assert.equal(asked.length, 2);
  asked[1]!.answer({ subscriptions: [] });
  await settle();
  assert.equal(asked.length, 2);
  assert.deepEqual(store.subscriptions.value, []);
});

test("a failed reading is told and does not end reading", async () => {
  const { store, asked, tell, settle } = setUp();
  asked[0]!.fail(new CoreError(500, "storage", "The disk is full."));
  await settle();
  assert.deepEqual(
    store.notices.value.map((notice) => notice.text),
    ["The disk is full."],
  );
  tell("library.changed", { what: ["episodes"] });
  assert.equal(asked.length, 2);
});

test("one's own message appears once, told as an event or not", async () => {
  const { store, asked, tell, settle } = setUp();
  const sent = store.send("hello", null, "p2p");
  tell("message", message("1"));
  asked[1]!.answer({ message: message("1"), recipients: 0, awaited: [] });
  await sent;
  await settle();
  assert.deepEqual(store.messages.value, [message("1")]);
  assert.equal(store.notices.value[0]?.text, strings.messages.nobody);
});

test("a message is followed until every device has it, in whichever order the news comes", async () => {
  const { store, asked, tell } = setUp();
  const sent = store.send("hello", null, "p2p");
  tell("message.delivered", { id: "1", to: "b" });
  asked[1]!.answer({ message: message("1"), recipients: 2, awaited: ["b", "c"] });
  await sent;
  assert.deepEqual(store.deliveries.value.get("1"), { to: 2, awaited: ["b", "c"], delivered: new Set(["b"]) });
  tell("message.delivered", { id: "1", to: "c" });
  assert.deepEqual([...store.deliveries.value.get("1")!.delivered], ["b", "c"]);
});

test("a repeated notice is shown once and old ones make room", () => {
  const { store, tell } = setUp();
  for (const text of ["a", "b", "a", "c", "d", "e"]) tell("notice", { level: "info", text });
  assert.deepEqual(
    store.notices.value.map((notice) => notice.text),
    ["a", "c", "d", "e"],
  );
});

test("of several notices about one thing the last is shown", () => {
  const { store } = setUp();
  store.notify({ level: "info", text: "A is in the queue.", topic: "queue" });
  store.notify({ level: "info", text: "Hello." });
  store.notify({ level: "info", text: "B is in the queue.", topic: "queue" });
  assert.deepEqual(
    store.notices.value.map((notice) => notice.text),
    ["Hello.", "B is in the queue."],
  );
});

test("alarms make room for nothing", () => {
  const { store, tell } = setUp();
  tell("notice", { level: "alarm", code: "server_lies", text: "The server lied." });
  for (const text of ["a", "b", "c", "d", "e"]) tell("notice", { level: "warning", text });
  const shown = () => store.notices.value.map((notice) => notice.text);
  assert.deepEqual(shown(), ["The server lied.", "b", "c", "d", "e"]);
  store.dismiss(store.notices.value[0]!.id);
  assert.deepEqual(shown(), ["b", "c", "d", "e"]);
  for (let count = 0; count < 30; count++) tell("notice", { level: "alarm", text: `${count}` });
  assert.equal(store.notices.value.length, 20);
});

test("what this page does itself is told to the others only", async () => {
  const { store, asked, tell, settle } = setUp();
  const removing = store.remove("x");
  tell("notice", { level: "info", code: "device_removed", text: "X was removed." });
  assert.equal(store.notices.value.length, 0);
  asked[1]!.answer({});
  await removing;
  tell("notice", { level: "info", code: "device_removed", text: "Y was removed." });
  tell("notice", { level: "warning", code: "removed", text: "This device was removed." });
  await settle();
  assert.deepEqual(
    store.notices.value.map((notice) => notice.text),
    ["Y was removed."],
  );
});

test("a device is outside until its realm has let it in", async () => {
  const { store, asked } = setUp();
  const joining = store.enter("pairing.join", { invitation: "i" });
  assert.equal(store.entering.value, true);
  asked[1]!.fail(new CoreError(410, "invitation_expired", "Too late."));
  await assert.rejects(joining, CoreError);
  assert.equal(store.entering.value, false);
});

test("only the core's own sentences reach people", () => {
  assert.equal(sentence(new CoreError(404, "gone", "It is gone.")), "It is gone.");
  assert.equal(sentence(new TypeError("x is undefined")), strings.app.unexpected);
});

test("an error is said in the reader's language, by its reason if there is one", async () => {
  const failed = new CoreError(502, "feed_failed", "No such host. The feed was not added.", "name_not_found");
  assert.equal(sentence(failed), failed.message);
  await speak("de");
  assert.equal(sentence(failed), strings.codes["name_not_found"]);
  assert.equal(sentence(new CoreError(502, "feed_failed", "x", "of_the_future")), strings.codes["feed_failed"]);
  const { store, tell } = setUp();
  tell("notice", { level: "info", code: "device_joined", text: "A device was added by Desk.", about: { by: "Desk" } });
  assert.equal(store.notices.value[0]?.text, "„Desk“ hat ein Gerät hinzugefügt.");
  await speak("en");
  tell("notice", { level: "info", code: "device_joined", text: "A device was added by Desk.", about: { by: "Desk" } });
  assert.equal(store.notices.value[1]?.text, "A device was added by Desk.");
});

test("what was chosen is read, and a change of it reads nothing else", async () => {
  const { store, asked, tell, settle } = setUp();
  await settle();
  assert.equal(store.preferences.all.value.speed, 2);
  const version = store.libraryVersion.value;
  tell("library.changed", { what: ["setting"] });
  tell("library.changed", { what: ["queue"] });
  await settle();
  assert.equal(store.libraryVersion.value, version);
  assert.equal(asked.length, 1);
});

test("of a feed's preferences one is changed and the others stay", async () => {
  const { store, tell, settle } = setUp();
  await settle();
  const sent: unknown[] = [];
  store.command = ((_: string, args: unknown) => (sent.push(args), Promise.resolve({}))) as typeof store.command;
  const name = feedSetting("https://f.example/");
  store.preferences.known.value = { everywhere: { [name]: '{"speed":1.5,"intro":30}' }, here: {} };
  await store.preferForFeed("https://f.example/", { speed: undefined, outro: 10 });
  await store.preferForFeed("https://g.example/", { speed: undefined });
  tell("library.changed", { what: ["setting"] });
  assert.deepEqual(sent.slice(0, 2), [
    { name, value: '{"intro":30,"outro":10}', everywhere: true },
    { name: feedSetting("https://g.example/"), value: null, everywhere: true },
  ]);
});

test("a transfer is known until nothing of it is left", () => {
  const { store, tell } = setUp();
  tell("sync.progress", { peer: "a", done: 10, left: 90 });
  tell("sync.progress", { peer: "b", done: 1, left: 1 });
  tell("sync.progress", { peer: "a", done: 100, left: 0 });
  assert.deepEqual([...store.transfers.value], [["b", { done: 1, left: 1 }]]);
});
