// The whole app by keyboard alone, from the first run on: nothing here is ever clicked, and whatever has the focus
// shows that it has it.
import assert from "node:assert/strict";
import { startPublisher } from "./publisher.mjs";
import { online } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const { server, folder, a, walk } = scenario("a");
const publisher = await startPublisher(folder);
const TABS_MAX = 120; // more than any screen has

const press = async (...keys) => {
  for (const key of keys) await a.page.keyboard.press(key);
};
const type = (text) => a.page.keyboard.type(text);

/** In the page: whether the element with the focus is that one, and in view with a visible sign of its focus. */
function focused(selector) {
  const element = document.activeElement;
  if (!element?.matches(selector)) return null;
  const looks = [undefined, "::after"].map((part) => getComputedStyle(element, part)); // which may cover a whole card
  const { top, bottom } = element.getBoundingClientRect();
  const isMarked = looks.some(({ outlineStyle }) => outlineStyle !== "none");
  return { isMarked, isInView: bottom > 0 && top < innerHeight };
}

/** In the page: whether all of those are before what has the focus. */
function isBehind(selector) {
  const from = document.activeElement;
  const isBefore = (it) => (from.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_PRECEDING) !== 0;
  return from !== document.body && [...document.querySelectorAll(selector)].every(isBefore);
}

/** Goes with the Tab key, forward or back, until that element has the focus. */
async function tabTo(selector) {
  await a.page.locator(selector).first().waitFor();
  for (let tabs = 0; tabs <= TABS_MAX; tabs++) {
    const found = await a.page.evaluate(focused, selector);
    if (found) return assert.deepEqual(found, { isMarked: true, isInView: true }, selector);
    await press((await a.page.evaluate(isBehind, selector)) ? "Shift+Tab" : "Tab");
  }
  assert.fail(`no way by Tab to ${selector}`);
}

const id = (testId) => `[data-testid="${testId}"]`;
const enter = async (selector) => {
  await tabTo(selector);
  await press("Enter");
};
const heading = (name) => a.page.getByRole("heading", { name, exact: true, level: 1 }).waitFor();
const go = async (page, name) => {
  await enter(id(`nav-${page}`));
  await heading(name);
};
const audio = (read) => a.page.evaluate(`(${read})(document.querySelector("audio"))`);
const playing = (yes) => a.page.waitForFunction((wanted) => document.querySelector("audio").paused !== wanted, yes);

await walk({
  "a library is founded": async () => {
    await a.open(server.url);
    await tabTo(id("device-name"));
    await press("Control+a");
    await type("Desk");
    await enter(id("welcome-start"));
    await online(a);
  },

  "feeds are added": async () => {
    for (const name of ["podcast.xml", "blog.xml"]) {
      await tabTo(id("feed-url"));
      await type(`${publisher.url}/${name}`);
      await press("Enter");
      await a.page.waitForFunction(() => document.querySelector("#feed-url").value === "");
    }
    await a.at("subscription-row").nth(1).waitFor();
  },

  "the way past the menu is the first one": async () => {
    await a.page.reload();
    await a.at("subscription-row").nth(1).waitFor();
    await tabTo(".skip");
    await press("Enter");
    assert.equal(await a.page.evaluate(() => document.activeElement.tagName), "H1");
  },

  "a feed is sorted in and has a speed of its own": async () => {
    await tabTo(`${id("subscription-row")} a[href*="podcast.xml"]`);
    await press("Enter");
    await heading("The Test Tones");
    await enter(id("feed-settings"));
    await tabTo(id("feed-folder"));
    await type("Evenings");
    await tabTo(id("feed-speed"));
    await press("End");
    await a.page.waitForFunction(() => Number(document.querySelector("[data-testid=feed-speed]").value) === 4);
    await enter(id("feed-organise"));
    await a.at("feed-folder").waitFor({ state: "detached" });
  },

  "an episode is played, at that speed": async () => {
    await tabTo(`${id("episode-play")}[aria-label*="Plain talk"]`);
    await press("Enter");
    await playing(true);
    await a.page.waitForFunction(() => document.querySelector("audio").playbackRate === 4);
    await press("g", "p");
    await heading("Plain talk");
    await tabTo(id("player-toggle"));
    await press("Space");
    await playing(false);
  },

  "the player's controls are all at hand": async () => {
    await tabTo(id("player-speed"));
    await press("Home");
    await a.page.waitForFunction(() => document.querySelector("audio").playbackRate === 0.5);
    await tabTo(id("player-sleep"));
    await press("ArrowDown");
    await a.page.waitForFunction(() => document.querySelector("[data-testid=player-sleep]").value !== "");
    await press("Home");
    await tabTo(id("skip-silence"));
    await press("Space");
    assert.equal(await a.at("skip-silence").isChecked(), true);
    await press("Space");
    await tabTo(`${id("chapter")} button, button${id("chapter")}`);
    await press("Enter");
    await tabTo(`${id("transcript-line")} button, button${id("transcript-line")}`);
    await tabTo(id("player-seek"));
    const before = await audio((it) => it.currentTime);
    await press("ArrowRight", "ArrowRight", "ArrowRight");
    await a.page.waitForFunction((least) => document.querySelector("audio").currentTime > least, before);
  },

  "an article is read, in larger letters": async () => {
    await go("inbox", "Inbox");
    await tabTo(`${id("episode-row")} h2 a[href*="urn"]`);
    await press("Enter");
    await enter(id("full-text"));
    await a.at("prose").getByText("The very last words.").waitFor();
    await enter('[aria-label*="Larger text"]');
    await a.page.getByText("110 %").waitFor();
    await enter(id("episode-keep"));
    await a.at("kept").waitFor();
  },

  "the queue is filled and put in order": async () => {
    await go("library", "Library");
    await tabTo(`${id("subscription-row")} a[href*="podcast.xml"]`);
    await press("Enter");
    await a.at("episode-row").nth(1).waitFor();
    await press("j", "q");
    await a.at("notice").first().waitFor();
    await press("j", "q");
    await go("queue", "Queue");
    await a.at("queue-row").nth(1).waitFor();
    const titles = () => a.at("queue-row").locator("h2").allInnerTexts();
    const [first] = await titles();
    await tabTo(`${id("queue-down")}:enabled`);
    await press("Enter");
    await a.at("queue-row").first().filter({ hasNotText: first }).waitFor();
    await enter(id("queue-clear"));
    await enter(id("confirm"));
    await a.at("queue-row").first().waitFor({ state: "detached" });
  },

  "a download is removed": async () => {
    await go("downloads", "Downloads");
    await enter(id("kept-remove"));
    await a.at("kept-row").waitFor({ state: "detached" });
  },

  "a message is written": async () => {
    await go("messages", "Messages");
    await tabTo(id("message-mode"));
    await press("ArrowDown");
    await tabTo(id("message-input"));
    await type("Hello");
    await press("Enter");
    await a.at("message-row").filter({ hasText: "Hello" }).waitFor();
  },

  "this device is renamed": async () => {
    await go("devices", "Devices");
    await enter(id("rename"));
    await tabTo("#rename");
    await press("Control+a");
    await type("Study");
    await press("Enter");
    await a.at("peer-row").filter({ hasText: "Study" }).waitFor();
  },

  "adding a device can be begun, and left again": async () => {
    await enter(id("add-device"));
    await tabTo(id("paste-input"));
    await type("no code!");
    await press("Enter");
    await a.page.getByText("That is not a skypod code").waitFor();
    await enter("a.back");
    await heading("Devices");
  },

  "a question is answered with Escape": async () => {
    await enter(id("leave"));
    await a.at("confirm").waitFor();
    await press("Escape");
    await a.at("confirm").waitFor({ state: "detached" });
    assert.equal(await a.at("peer-row").count(), 1);
  },

  "settings are changed": async () => {
    await go("settings", "Settings");
    await tabTo(id("set-theme"));
    await press("End");
    await a.page.locator("html[data-theme=dark]").waitFor();
    await tabTo(id("scope-here"));
    await press("Space");
    await tabTo(id("backup-passphrase"));
    await type("short");
    await press("Enter");
    await a.page.getByText("at least 8 characters").waitFor();
  },
});
