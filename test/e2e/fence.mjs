// A leader that was stopped, and is asked to write before it knows that another tab leads, acknowledges nothing. The
// same is tried with a build of the app whose leaders do not look whether they still lead: that must be noticed.
//
//   node fence.mjs SKYPOD FOLDER     keeps the profiles in FOLDER
import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { found } from "./realms.mjs";
import { rendererOf } from "./renderer.mjs";
import { scenario } from "./scenario.mjs";
import { Skypod } from "./servers.mjs";
import { ask, installClient, leadership, nextLeader } from "./tab_client.mjs";

const ROUNDS = 4;
const ROUNDS_MAX = 40; // until the broken build is caught
const ASKED = 20; // at once, of a leader that is stopped
const DEADLINE_MS = 20_000;
const BUILT = fileURLToPath(new URL("../../build/web", import.meta.url));
const LOOKS = "async isHeld(){"; // web/src/host/seat.ts

const { server, folder, desk, canary, walk } = scenario("desk", "canary");
const broken = new Skypod(process.argv[2], join(folder, "broken-server"), { options: ["--web", breakFence()] });

/** A build whose leaders believe that they lead for ever. */
function breakFence() {
  const web = join(folder, "web");
  cpSync(BUILT, web, { recursive: true });
  const assets = join(web, "assets");
  const workers = readdirSync(assets).filter((name) => /^worker-.*\.js$/.test(name));
  for (const name of workers) {
    const file = join(assets, name);
    const code = readFileSync(file, "utf8");
    assert.ok(code.includes(LOOKS), "the canary's check is not in the worker any more: plant it again");
    writeFileSync(file, code.replace(LOOKS, `${LOOKS}return true;`));
    rmSync(`${file}.br`, { force: true }); // what it was made of has changed
  }
  assert.equal(workers.length, 1);
  return web;
}

/** Two tabs of one browser. */
async function open(device, url) {
  await found(device, url, "Desk");
  const second = await device.tab("second", url);
  await second.at("feed-url").waitFor();
  return { leading: device, following: second };
}

/** Stops the leader, asks it to write, and continues it when another tab leads. Answers what it acknowledged. */
async function deposed(tabs) {
  const { leading, following } = tabs;
  await installClient(following);
  const { page } = following;
  const before = await leadership(following);
  const pid = await rendererOf(leading);
  process.kill(pid, "SIGSTOP");
  const ids = await page.evaluate(askToWrite, [before.term, ASKED]);
  await nextLeader(following, before);
  const hellos = await page.evaluate(() => window.testTab.hellos);
  process.kill(pid, "SIGCONT");
  // What it says before it follows comes before it says hello.
  await page.waitForFunction((count) => window.testTab.hellos > count, hellos, { timeout: DEADLINE_MS });
  [tabs.leading, tabs.following] = [following, leading];
  const acknowledged = await page.evaluate(() => window.testTab.deposed);
  return acknowledged.filter((id) => ids.includes(id)).map(nameOf);
}

const nameOf = (id) => `late-${id}`;

function askToWrite([term, count]) {
  const { testTab } = window;
  return Array.from({ length: count }, () => {
    const name = `late-${testTab.nextId}`;
    return testTab.askTerm(term, "settings.set", { name, value: 1, everywhere: true });
  });
}

/** What was acknowledged and is not in the library. */
async function lost({ leading }, names) {
  await installClient(leading);
  const { everywhere } = await ask(leading, "settings.list");
  return names.filter((name) => !(name in everywhere));
}

await walk({
  [`a leader that was deposed acknowledges nothing, ${ROUNDS} times`]: async () => {
    const tabs = await open(desk, server.url);
    for (let round = 0; round < ROUNDS; round++) assert.deepEqual(await lost(tabs, await deposed(tabs)), []);
  },
  "one that does not look whether it leads is caught": async () => {
    await broken.start();
    const tabs = await open(canary, broken.url);
    let caught = [];
    for (let round = 1; caught.length === 0; round++) {
      assert.ok(round <= ROUNDS_MAX, `not in ${ROUNDS_MAX} rounds`);
      caught = await lost(tabs, await deposed(tabs));
      if (caught.length > 0) console.log(`round ${round}: ${caught.length} acknowledged writes are lost`);
    }
    await broken.stop();
  },
});
