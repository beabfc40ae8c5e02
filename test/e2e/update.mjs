// A new version of the app while two tabs are open: both offer it, the tab that takes it leads from then on, the other
// one goes on until it is reloaded, and nothing is lost.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { podcast } from "./feeds.mjs";
import { makeNextBuild } from "./next_build.mjs";
import { found, online } from "./realms.mjs";
import { scenario } from "./scenario.mjs";
import { startFeedServer } from "./servers.mjs";
import { installClient, leadership } from "./tab_client.mjs";

const BUILT = fileURLToPath(new URL("../../build/web", import.meta.url));

const feed = podcast();
const feedServer = await startFeedServer(feed.document);
const { server, folder, desk, walk } = scenario("desk");
const web = join(folder, "web");
cpSync(BUILT, web, { recursive: true });
server.options.push("--web", web);
let second = null;

const offer = (device) => device.at("notice").filter({ hasText: "A new version of skypod is ready." });
const isChanged = ({ page }) =>
  page.evaluate(() => [...document.scripts].some(({ src }) => src.endsWith("-changed.js")));

await walk({
  "two tabs of one version are open": async () => {
    await found(desk, server.url, "Desk");
    await desk.at("nav-library").click();
    await desk.at("feed-url").fill(`${feedServer.url}/feed.xml`);
    await desk.at("feed-add").click();
    await desk.at("subscription-row").first().waitFor();
    await desk.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    second = await desk.tab("second", server.url);
    await online(second);
  },
  "a new version is offered in both": async () => {
    await server.stop();
    makeNextBuild(web);
    await server.start();
    await second.page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
    await Promise.all([desk, second].map((tab) => offer(tab).waitFor()));
    assert.ok(!(await isChanged(desk)) && !(await isChanged(second)), "neither was reloaded");
  },
  "the tab that takes it leads": async () => {
    const reloaded = second.page.waitForEvent("load");
    await offer(second).getByRole("button").first().click();
    await reloaded;
    await second.at("nav-library").click();
    await second.at("subscription-row").first().waitFor();
    assert.ok(await isChanged(second), "the new version");
    await installClient(second);
  },
  "the other goes on and offers to be loaded again": async () => {
    await offer(desk).waitFor();
    assert.ok(!(await isChanged(desk)), "it was not reloaded by itself");
    await desk.shot("01-offered");
    await Promise.all([desk, second].map((tab) => tab.at("nav-messages").click()));
    await desk.at("message-input").fill("from the old tab");
    await desk.at("message-send").click();
    await second.at("message-row").filter({ hasText: "from the old tab" }).waitFor();
  },
  "loaded again, it follows with the new version": async () => {
    const { term } = await leadership(second);
    const reloaded = desk.page.waitForEvent("load");
    await offer(desk).getByRole("button").first().click();
    await reloaded;
    await desk.at("nav-library").click();
    await desk.at("subscription-row").first().waitFor();
    assert.ok(await isChanged(desk), "the new version");
    await installClient(desk);
    assert.equal((await leadership(desk)).term, term, "no other tab has taken over");
  },
});
