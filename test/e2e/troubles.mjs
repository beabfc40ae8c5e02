// What goes wrong in a life with podcasts, one after the other: sound that is damaged, a feed that vanishes, a full
// disk, a lost server, an expired invitation, a denied camera. Each is said in a sentence with what to do about it, and
// afterwards everything is still there.
import assert from "node:assert/strict";
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { look } from "./looks.mjs";
import { DAMAGED_S, startPublisher } from "./publisher.mjs";
import { found, inspect, invitation, online, paste, registration } from "./realms.mjs";
import { leaveRoom, prepareRoom } from "./room.mjs";
import { scenario } from "./scenario.mjs";

const { server, folder, a, b, walk } = scenario("a", "b");
const publisher = await startPublisher(folder);
a.hasCamera = false;
prepareRoom(a);
const EPISODES = 4;
const UNRESOLVED = "http://gone.invalid/feed.xml";
const LEFT_OCTETS = 100_000; // of the quota: less than an episode

const row = (title) => a.at("episode-row").filter({ hasText: title });
const feedRow = (text) => a.at("subscription-row").filter({ hasText: text });
const openFeed = async () => {
  await a.at("nav-library").click();
  await feedRow("Troubled Tones").locator("a").click();
  await row("A whole talk").waitFor();
};
const play = async (title) => {
  await openFeed();
  await row(title).getByTestId("episode-play").click();
};
/** Waits for a sentence on the screen, and shows it in the walk's own words. */
const says = async (device, pattern) => {
  const sentence = device.page.getByText(pattern).filter({ visible: true }).first();
  await sentence.waitFor({ timeout: 60_000 });
  console.log(`   ${(await sentence.innerText()).trim()}`);
};
const assertWhole = async () => {
  await openFeed();
  assert.equal(await a.at("episode-row").count(), EPISODES);
};
const refresh = async () => {
  await openFeed();
  await a.page.getByRole("button", { name: "Refresh" }).click();
};

await walk({
  "a library with a podcast": async () => {
    await found(a, server.url, "Desk");
    await a.at("feed-url").fill(`${publisher.url}/troubled.xml`);
    await a.at("feed-add").click();
    await feedRow("Troubled Tones").waitFor();
    await assertWhole();
  },

  "sound that is damaged in the middle stops there, and keeps the place": async () => {
    await play("Half a talk");
    await a.at("player-open").click();
    await a.at("player-speed").selectOption("2");
    await says(a, /file is damaged or in a format it does not know/);
    const stoppedS = Number(await a.at("player-position").getAttribute("data-seconds"));
    assert.ok(stoppedS > 0 && stoppedS < DAMAGED_S, `stopped at ${stoppedS} s`);
    await look(a, "trouble-damaged");
    await openFeed();
    await row("Half a talk").locator("progress").waitFor();
  },

  "what is no sound at all is told from what is not there": async () => {
    await play("No talk at all");
    await a.at("player-open").click();
    await says(a, /file is damaged or in a format it does not know/);
    await play("A talk that moved");
    await a.at("player-open").click();
    await says(a, /publisher no longer has/);
    await look(a, "trouble-moved");
  },

  "a feed whose host does not answer keeps its episodes, and says so until it does": async () => {
    publisher.refused.set("/troubled.xml", 0);
    await refresh();
    await says(a, /The host did not answer as a web server does/);
    await assertWhole();
    publisher.refused.clear();
    await refresh();
    await a.page.getByText("Last refresh failed").first().waitFor({ state: "detached" });
  },

  "one that is gone, too": async () => {
    for (const status of [404, 410]) {
      publisher.refused.set("/troubled.xml", status);
      await refresh();
      await says(a, new RegExp(`no such document \\(${status}\\)`));
    }
    await assertWhole();
    await look(a, "trouble-feed-gone");
    await a.at("nav-library").click();
    await feedRow("Last refresh failed").waitFor();
    await look(a, "trouble-feed-gone-library");
    publisher.refused.clear();
    await refresh();
    await a.page.getByText("Last refresh failed").first().waitFor({ state: "detached" });
  },

  "a host that is gone is named": async () => {
    await a.at("nav-library").click();
    await a.at("feed-url").fill(UNRESOLVED);
    await a.at("feed-add").click();
    await says(a, /No such host/);
    const list = join(folder, "list.opml");
    writeFileSync(list, `<opml version="2.0"><body><outline type="rss" xmlUrl="${UNRESOLVED}"/></body></opml>`);
    await a.at("opml-file").setInputFiles(list);
    await feedRow(UNRESOLVED).getByText("No such host").waitFor();
    await look(a, "trouble-host-gone");
  },

  "a full disk ends a download, and nothing else": async () => {
    await openFeed();
    await row("A whole talk").locator("h2 a").click();
    await leaveRoom(a, LEFT_OCTETS);
    await a.at("episode-keep").click();
    await says(a, /device is full\. Remove some downloads/);
    await look(a, "trouble-full");
    await assertWhole();
    await leaveRoom(a, null);
    await row("A whole talk").locator("h2 a").click();
    await a.page.getByRole("button", { name: "Try again" }).click();
    await a.at("kept").waitFor();
  },

  "a lost server leaves the library as it is": async () => {
    await server.stop();
    await says(a, /Offline — your library still works/);
    await assertWhole();
    await a.at("nav-library").click();
    await a.at("feed-url").fill(`${publisher.url}/blog.xml`);
    await a.at("feed-add").click();
    await says(a, /server cannot be reached: check the connection/);
    await look(a, "trouble-server-lost");
    await server.start();
    await online(a);
    await a.at("feed-add").click();
    await feedRow("Shore Notes").waitFor();
  },

  "a denied camera leaves the way by pasting": async () => {
    await a.at("nav-devices").click();
    await a.at("add-device").click();
    await a.at("scan-start").click();
    await says(a, /camera is blocked for this page\. Allow it/);
    await look(a, "trouble-camera");
  },

  "an expired invitation lets nobody in, and says how to get another": async () => {
    await inspect(a, await registration(b, server.url, "Kitchen"));
    const expired = await invitation(a);
    await server.stop();
    server.clockAheadMs = 3_600_000;
    await server.start();
    await paste(b, expired);
    await b.at("join-confirm").click();
    await says(b, /expired/);
    await look(b, "trouble-invitation");
    await a.at("nav-library").click();
    await a.at("confirm").click();
    await a.at("feed-url").waitFor();
  },

  "and everything is still there": async () => {
    await assertWhole();
    await a.at("nav-downloads").click();
    await a.at("kept-row").filter({ hasText: "A whole talk" }).waitFor();
  },
});
