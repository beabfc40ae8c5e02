// A tab that the browser freezes in the background leaves the library to another one, and follows it when it is thawed.
// By puppeteer, as playwright keeps every page visible, and a visible page is never frozen.
//
//   node frozen.mjs SKYPOD FOLDER     keeps the profile in FOLDER
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Skypod } from "./servers.mjs";
import { ask, beginWriting, endWriting, installClient, leadership, nextLeader, writtenMore } from "./tab_client.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const puppeteer = require("puppeteer-core");

const DEADLINE_MS = 20_000;

const [program, folder] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const server = new Skypod(program, join(folder, "server"));
await server.start();
const browser = await puppeteer.launch({
  executablePath: "/usr/bin/chromium",
  userDataDir: join(folder, "profile"),
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

async function tab() {
  const page = await browser.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  await page.goto(server.url);
  return { page };
}

const at = ({ page }, testId) => page.waitForSelector(`[data-testid="${testId}"]`);

async function found(device) {
  await (await at(device, "device-name")).type("Desk");
  await (await at(device, "welcome-start")).click();
  await at(device, "feed-url");
}

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

try {
  await frozenAndThawed();
} catch (error) {
  console.log(`FAILED: ${error.stack}`);
  process.exitCode = 1;
} finally {
  await browser.close();
  await server.stop().catch(() => {});
  process.exit();
}
