// A browser without room for what is to be stored: people are told what to do about it, nothing that was acknowledged
// is lost, and skypod goes on as soon as there is room.
import assert from "node:assert/strict";
import { startPublisher } from "./publisher.mjs";
import { found } from "./realms.mjs";
import { leaveRoom } from "./room.mjs";
import { scenario } from "./scenario.mjs";
import { ask, installClient } from "./tab_client.mjs";

const LEFT_OCTETS = 300_000; // of the quota, beside what is in use
const SENTENCE = /This browser has no room left for skypod\. .*Free some space, then try again\./;

const EPISODES = 3000; // which take more room than is left, wherever a page of the file is free

const { server, folder, desk, walk } = scenario("desk");
const publisher = await startPublisher(folder);
const kept = [];

const setting = (name) => ask(desk, "settings.set", { name, value: "x".repeat(500), everywhere: true });

/** Stores until the browser refuses; answers the refusal. */
async function fill() {
  for (;;) {
    const name = `fill-${kept.length}`;
    try {
      await setting(name);
    } catch (error) {
      return error.message;
    }
    kept.push(name);
  }
}

async function assertKept() {
  const { everywhere } = await ask(desk, "settings.list");
  assert.deepEqual(
    kept.filter((name) => !(name in everywhere)),
    [],
  );
}

async function add() {
  await desk.at("nav-library").click();
  await desk.at("feed-url").fill(`${publisher.url}/many.xml?n=${EPISODES}&name=Many`);
  await desk.at("feed-add").click();
}

await walk({
  "a library is founded": async () => {
    await found(desk, server.url, "Desk");
    await installClient(desk);
    await setting("before");
    kept.push("before");
  },
  "what does not fit any more is refused, with what to do": async () => {
    await leaveRoom(desk, LEFT_OCTETS);
    assert.match(await fill(), SENTENCE);
    console.log(`${kept.length} settings fitted`);
  },
  "a feed that does not fit is refused on its screen": async () => {
    await add();
    await desk.page.getByText(SENTENCE).first().waitFor({ timeout: 120_000 });
    await desk.shot("01-no-room");
  },
  "what was acknowledged is there": assertKept,
  "with room again, the same library goes on": async () => {
    await leaveRoom(desk, null);
    await setting("after");
    kept.push("after");
    await add();
    await desk.at("subscription-row").first().waitFor();
    await assertKept();
  },
  "and is whole after a restart": async () => {
    await desk.page.reload();
    await desk.at("subscription-row").first().waitFor();
    await installClient(desk);
    await assertKept();
  },
});
