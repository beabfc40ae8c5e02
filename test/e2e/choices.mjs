// What people choose and keep: how one feed is played, how far the buttons skip, when the player falls asleep, long
// downloads, backups, messages, the app itself.
import assert from "node:assert/strict";
import { inFirefox } from "./browser.mjs";
import { look } from "./looks.mjs";
import { startPublisher } from "./publisher.mjs";
import { found, online, pair } from "./realms.mjs";
import { scenario } from "./scenario.mjs";
import { tone } from "./servers.mjs";

const { server, folder, a, b, c, walk } = scenario("a", "b", "c");
const publisher = await startPublisher(folder);
const PASSPHRASE = "a tide that nobody counts";
const LONG_S = 1700; // 27 MB of WAV: more than the server takes of a document

const row = (device, title) => device.at("episode-row").filter({ hasText: title });
const openFeed = async (device, title = "The Test Tones") => {
  await device.at("nav-library").click();
  await device.at("subscription-row").filter({ hasText: title }).locator("a").click();
  await device.at("episode-row").first().waitFor();
};
const play = async (title, feed) => {
  await openFeed(a, feed);
  await row(a, title).getByTestId("episode-play").click();
};
const position = () => a.at("player-position").getAttribute("data-seconds").then(Number);
const rate = (wanted) => a.page.waitForFunction((it) => document.querySelector("audio").playbackRate === it, wanted);
const heardFrom = (seconds) =>
  a.page.waitForFunction((least) => document.querySelector("audio").currentTime >= least, seconds);
const add = async (device, address) => {
  await device.at("nav-library").click();
  await device.at("feed-url").fill(address);
  await device.at("feed-add").click();
};
const send = async (device, text, mode) => {
  await device.at("nav-messages").click();
  await device.at("message-mode").selectOption(mode);
  await device.at("message-input").fill(text);
  await device.at("message-send").click();
};
const delivery = (device, text, state) =>
  device.at("message-row").filter({ hasText: text }).locator(`[data-testid="delivery"][data-state="${state}"]`);

/** A podcast of one episode, as large as some are. */
function addLongEpisode() {
  publisher.documents.set("/long.wav", { type: "audio/wav", body: tone(LONG_S) });
  const feed = `<rss version="2.0"><channel><title>Long Tones</title><item><title>A very long talk</title>
<guid>long</guid><enclosure url="${publisher.url}/long.wav" type="audio/wav" length="1"/></item></channel></rss>`;
  publisher.documents.set("/long.xml", { type: "application/rss+xml", body: feed });
}

await walk({
  "a library": async () => {
    addLongEpisode();
    await found(a, server.url, "Desk");
    await add(a, `${publisher.url}/podcast.xml`);
    await a.at("subscription-row").waitFor();
    await add(a, `${publisher.url}/long.xml`);
    await a.at("subscription-row").nth(1).waitFor();
  },

  "one feed is played faster, and from after its beginning": async () => {
    await openFeed(a, "Long Tones");
    await a.at("feed-settings").click();
    await a.at("feed-speed").selectOption("2");
    await a.at("feed-intro").fill("20");
    await a.at("feed-intro").press("Tab");
    await look(a, "feed-of-its-own");
    await a.at("feed-organise").click();
    await play("A very long talk", "Long Tones");
    await rate(2);
    await heardFrom(20);
  },

  "other feeds keep the common speed": async () => {
    await play("Plain talk");
    await rate(1);
    await heardFrom(0.5);
    assert.ok((await position()) < 10);
    await play("A very long talk", "Long Tones");
    await rate(2);
  },

  "the buttons skip as far as is chosen": async () => {
    await a.at("player-toggle").click();
    await a.at("nav-settings").click();
    await a.at("set-forward").selectOption({ label: "90 seconds" });
    await a.at("set-back").selectOption({ label: "10 seconds" });
    const before = await position();
    await a.page.getByRole("button", { name: "Forward 90 seconds" }).click();
    await a.page.getByRole("button", { name: "Back 10 seconds" }).click();
    await heardFrom(before + 79);
    assert.ok(Math.abs((await position()) - before - 80) < 2);
  },

  "the sleep timer fades the sound out and stops it": async () => {
    await a.page.clock.install();
    await a.at("player-toggle").click();
    await a.at("player-open").click();
    await a.at("player-sleep").selectOption("5");
    await a.page.clock.fastForward("04:57");
    await a.page.waitForFunction(() => document.querySelector("audio").volume < 1);
    assert.equal(await a.page.evaluate(() => document.querySelector("audio").paused), false);
    await a.page.clock.fastForward("00:04");
    await a.page.waitForFunction(() => document.querySelector("audio").paused);
    assert.equal(await a.page.evaluate(() => document.querySelector("audio").volume), 1);
    await a.page.reload(); // with the time of day again
    await online(a);
  },

  "an episode longer than a document may be is downloaded, and all downloads are removed": async () => {
    await openFeed(a, "Long Tones");
    await row(a, "A very long talk").locator("h2 a").click();
    await a.at("episode-keep").click();
    await a.at("kept").waitFor({ timeout: 60_000 });
    await a.at("nav-downloads").click();
    await a.at("kept-row").filter({ hasText: "27 MB" }).waitFor();
    await a.at("remove-all").click();
    await a.at("confirm").click();
    await a.page.getByText("Nothing downloaded").waitFor();
  },

  "messages say what became of them": async () => {
    await pair(a, b, server.url, "Kitchen");
    await send(a, "directly", "p2p");
    await delivery(a, "directly", "delivered").waitFor();
    await send(a, "by the server", "relay");
    await delivery(a, "by the server", "sent").waitFor();
    await b.at("nav-messages").click();
    await b.at("message-row").nth(1).waitFor();
    await b.close();
    await send(a, "for later", "p2p"); // while it may still seem to be connected
    await delivery(a, "for later", "waiting").getByText("Waiting for Kitchen").waitFor();
    await look(a, "messages-waiting");
    await b.open(server.url);
    await delivery(a, "for later", "delivered").waitFor({ timeout: 60_000 });
  },

  "a backup restores the library on a device that never met this one": async () => {
    await a.at("nav-settings").click();
    await a.at("backup-save").click();
    await a.page.getByText("at least 8 characters").waitFor();
    await a.at("backup-passphrase").fill(PASSPHRASE);
    const file = await a.save(a.at("backup-save"));
    await found(c, server.url, "Attic");
    await c.at("nav-settings").click();
    await c.at("backup-passphrase").fill("not the passphrase");
    await c.at("backup-file").setInputFiles(file);
    await c.page.locator("#backup-problem:not(:empty)").waitFor();
    await look(c, "backup-refused");
    await c.at("backup-passphrase").fill(PASSPHRASE);
    await c.at("backup-file").setInputFiles(file);
    await c.page.getByText("The backup is merged in").waitFor();
    await c.at("nav-library").click();
    await c.at("subscription-row").nth(1).waitFor();
    await openFeed(c, "Long Tones");
    await c.at("feed-settings").click();
    assert.equal(await c.at("feed-speed").inputValue(), "2");
  },

  "the app offers to be installed, where it can be": async () => {
    await a.at("nav-library").click();
    if (inFirefox) {
      await a.at("nav-settings").click();
      await a.at("install-section").getByText("This browser cannot install apps").waitFor();
      return;
    }
    await a.at("install-card").waitFor();
    await a.at("install-later").click();
    await a.at("install-card").waitFor({ state: "detached" });
    await a.page.reload();
    await a.at("subscription-row").first().waitFor();
    await a.at("nav-settings").click();
    await a.at("install-section").getByTestId("install").waitFor();
    assert.equal(await a.at("install-card").count(), 0);
  },

  "what other apps share with it is there to be added, and stays on the device": async () => {
    const manifest = await (await fetch(`${server.url}/manifest.webmanifest`)).json();
    const { action, method, params } = manifest.share_target;
    assert.equal(method, "GET");
    await a.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await a.context.setOffline(true);
    const words = "Hear https://shared.example/feed!";
    const shared = new URLSearchParams({ [params.title]: "A show", [params.text]: words });
    await a.page.goto(`${new URL(action, `${server.url}/manifest.webmanifest`)}?${shared}`);
    await a.at("subscription-row").first().waitFor();
    assert.equal(await a.at("feed-url").inputValue(), "https://shared.example/feed");
    assert.equal(new URL(a.page.url()).search, "");
    await a.context.setOffline(false);
    await a.at("nav-queue").click();
    await a.at("nav-library").click();
    assert.equal(await a.at("feed-url").inputValue(), "");
  },
});
