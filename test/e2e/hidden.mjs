// A library gives back room when its last tab is hidden.
//
//   node hidden.mjs SKYPOD FOLDER     keeps the profile in FOLDER
import assert from "node:assert/strict";
import { readdirSync, statSync, watch } from "node:fs";
import { join } from "node:path";
import { at, folder, found, profile, run, tab } from "./background.mjs";
import { startPublisher } from "./publisher.mjs";

const EPISODES = 15_000; // in each of two feeds: some megabytes, or it would not be worth it
const DEADLINE_MS = 30_000;
const stored = join(profile, "Default", "File System");

/** The size of the library, which is the largest file that the browser keeps for the app. */
function octetsStored() {
  return readdirSync(stored, { recursive: true })
    .map((name) => statSync(join(stored, name), { throwIfNoEntry: false }))
    .reduce((most, file) => Math.max(most, file?.isFile() ? file.size : 0), 0);
}

/** Resolves when that holds of the files. */
function until(holds, what) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(what)), DEADLINE_MS);
    const watcher = watch(stored, { recursive: true }, look);
    function look() {
      if (!holds()) return;
      watcher.close();
      clearTimeout(late);
      resolve();
    }
    look();
  });
}

async function add(device, url) {
  const rows = await device.page.$$('[data-testid="subscription-row"]');
  await (await at(device, "feed-url")).type(url);
  await (await at(device, "feed-add")).click();
  const added = (count) => document.querySelectorAll('[data-testid="subscription-row"]').length > count;
  await device.page.waitForFunction(added, { timeout: DEADLINE_MS }, rows.length);
}

async function compactsWhenHidden() {
  const publisher = await startPublisher(folder);
  const desk = await tab();
  await found(desk);
  for (const name of ["one", "two"]) await add(desk, `${publisher.url}/many.xml?n=${EPISODES}&name=${name}`);
  const before = octetsStored();
  assert.ok(before > 4 * 1024 * 1024, `only ${before} octets`);
  await tab("about:blank");
  assert.equal(await desk.page.evaluate(() => document.visibilityState), "hidden");
  await until(() => octetsStored() < before, "the library was not compacted");
  console.log(`ok ${before} octets became ${octetsStored()} when the last tab was hidden`);
  await desk.page.bringToFront();
  await (await at(desk, "nav-inbox")).click();
  await desk.page.waitForSelector(`[data-testid="episode-list"][data-total="${2 * EPISODES}"]`);
  console.log("ok the library is whole");
}

await run(compactsWhenHidden);
