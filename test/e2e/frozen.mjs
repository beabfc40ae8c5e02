// A tab that the browser freezes in the background leaves the library to another one, and follows it when it is thawed.
//
//   node frozen.mjs SKYPOD FOLDER     keeps the profile in FOLDER
import assert from "node:assert/strict";
import { at, found, run, tab } from "./background.mjs";
import { ask, beginWriting, endWriting, installClient, leadership, nextLeader, writtenMore } from "./tab_client.mjs";

async function setState(device, state) {
  const session = await device.page.createCDPSession();
  await session.send("Page.setWebLifecycleState", { state });
  await session.detach();
}

async function frozenAndThawed() {
  const first = await tab();
  await found(first);
  const second = await tab();
  await at(second, "feed-url");
  await installClient(second);
  const before = await leadership(second);
  await beginWriting(second);
  assert.equal(await first.page.evaluate(() => document.visibilityState), "hidden");
  const frozenAt = Date.now();
  await setState(first, "frozen");
  const after = await nextLeader(second, before);
  await writtenMore(second, 5);
  const { acknowledged, lost } = await endWriting(second);
  assert.deepEqual(lost, [], `of ${acknowledged} acknowledged writes`);
  console.log(`ok another tab leads ${Math.round(after.startedAt - frozenAt)} ms after the leader was frozen`);

  await ask(second, "device.rename", { name: "Renamed meanwhile" });
  await setState(first, "active");
  await first.page.bringToFront();
  await (await at(first, "nav-devices")).click();
  await first.page.waitForFunction(() => document.body.innerText.includes("Renamed meanwhile"));
  await installClient(first);
  assert.equal((await leadership(first)).term, after.term, "the thawed tab follows");
  console.log("ok the thawed tab shows what has happened and follows");
}

await run(frozenAndThawed);
