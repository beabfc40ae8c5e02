// The library in a real browser: feeds found behind any address, folders and tags, filters, search, marking with undo,
// the queue, subscription lists in and out, settings and languages, all of it also by keyboard.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { look } from "./looks.mjs";
import { startPublisher } from "./publisher.mjs";
import { found } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const { server, folder, a, walk } = scenario("a");
const publisher = await startPublisher(folder);

const rows = () => a.at("episode-row");
const row = (title) => rows().filter({ hasText: title });
const notice = (text) => a.at("notice").filter({ hasText: text }).last();
const add = async (address) => {
  await a.at("nav-library").click();
  await a.at("feed-url").fill(address);
  await a.at("feed-add").click();
};
const openFeed = async (title) => {
  await a.at("nav-library").click();
  await a.at("subscription-row").filter({ hasText: title }).locator("a").click();
};
const titles = async (testId) => (await a.at(testId).locator("h2").allInnerTexts()).map((text) => text.trim());
const total = (count) => a.page.locator(`[data-testid="episode-list"][data-total="${count}"]`).waitFor();

await walk({
  "the first screens of a library": async () => {
    await found(a, server.url, "Desk");
    await a.at("feed-url").waitFor();
    await look(a, "library-empty");
    await a.at("nav-inbox").click();
    await a.page.getByText("Add your first podcast or blog").waitFor();
    await look(a, "inbox-empty");
  },

  "a page that names two feeds asks which one": async () => {
    await add(publisher.url);
    await a.at("found-feed").first().waitFor();
    assert.equal(await a.at("found-feed").count(), 2);
    await look(a, "library-choice");
    await a.at("found-feed").filter({ hasText: "The Test Tones" }).click();
    await a.at("subscription-row").filter({ hasText: "The Test Tones" }).waitFor();
  },

  "a feed's own address is taken as it is": async () => {
    await add(`${publisher.url}/blog.xml`);
    await a.at("subscription-row").filter({ hasText: "Shore Notes" }).waitFor();
    await look(a, "library");
  },

  "a feed that is there already is said to be, and opened": async () => {
    await add(`${publisher.url}/blog.xml`);
    await notice("“Shore Notes” is already in your library").waitFor();
    await a.at("feed-settings").waitFor();
    await a.at("nav-library").click();
    await a.at("subscription-row").nth(1).waitFor();
    assert.equal(await a.at("subscription-row").count(), 2);
  },

  "what is no feed is explained": async () => {
    await add(`${publisher.url}/nowhere`);
    await a.page.locator("#feed-problem:not(:empty)").waitFor();
    assert.match(await a.page.locator("#feed-problem").innerText(), /\w+ .+\./);
  },

  "the inbox shows both feeds, newest first": async () => {
    await a.at("nav-inbox").click();
    await total(7);
    assert.deepEqual((await titles("episode-row")).slice(0, 4), [
      "Notes from the shore, 3",
      "Notes from the shore, 2",
      "Notes from the shore, 1",
      "Plain talk",
    ]);
    await look(a, "inbox");
  },

  "marking an entry takes it out of what is new, and filters show where it went": async () => {
    await row("A quiet one").getByTestId("episode-mark").click();
    await total(6);
    await a.at("filter-played").click();
    await total(1);
    await a.at("filter-all").click();
    await total(7);
    await a.at("filter-unplayed").click();
  },

  "everything is marked as played, and taken back": async () => {
    await a.at("mark-all").click();
    await a.page.getByText("All done").waitFor();
    await look(a, "inbox-done");
    await notice("6 entries marked").getByTestId("notice-action").click();
    await total(6);
    await a.at("filter-all").click();
    await row("A quiet one").getByText("Played").waitFor();
    await a.at("filter-unplayed").click();
  },

  "a feed goes into a folder and gets tags": async () => {
    await openFeed("Shore Notes");
    await a.at("feed-settings").click();
    await a.at("feed-folder").fill("Reading");
    await a.at("feed-tags").fill("sea, slow");
    await look(a, "feed-settings");
    await a.at("feed-organise").click();
    await a.at("nav-library").click();
    await a.page.getByRole("link", { name: "Reading" }).click();
    await total(3);
    await a.at("nav-library").click();
    await a.page.getByRole("link", { name: "slow" }).click();
    await total(3);
    await look(a, "tag");
  },

  "words are found in titles and texts": async () => {
    await a.at("nav-search").click();
    await a.at("search-words").fill("paus");
    await row("Long pauses").waitFor();
    assert.equal(await rows().count(), 1);
    await look(a, "search");
    await a.at("search-words").fill("nothing like this");
    await a.page.getByText("Nothing found").waitFor();
  },

  "the queue is filled, ordered and taken back": async () => {
    await openFeed("The Test Tones");
    for (const title of ["Plain talk", "Long pauses", "A quiet one"]) {
      await row(title).getByTestId("episode-queue").click();
      await notice(title).waitFor();
    }
    await a.at("nav-queue").click();
    await a.at("queue-row").nth(2).waitFor();
    await look(a, "queue");
    await a.at("queue-row").nth(2).getByTestId("queue-up").click();
    await a.at("queue-row").nth(1).filter({ hasText: "A quiet one" }).waitFor();
    assert.deepEqual(await titles("queue-row"), ["Plain talk", "A quiet one", "Long pauses"]);
    await a.at("queue-row").first().getByTestId("queue-remove").click();
    await a.at("queue-row").nth(2).waitFor({ state: "detached" });
    await notice("no longer in the queue").getByTestId("notice-action").click();
    await a.at("queue-row").first().filter({ hasText: "Plain talk" }).waitFor();
    await a.at("queue-clear").click();
    await a.at("confirm").click();
    await a.page.getByRole("heading", { name: "The queue is empty" }).waitFor();
    await look(a, "queue-empty");
    await notice("The queue is empty.").getByTestId("notice-action").click();
    await a.at("queue-row").nth(2).waitFor();
  },

  "subscriptions go out and come in the same": async () => {
    await a.at("nav-library").click();
    await a.at("subscription-row").nth(1).waitFor();
    const listed = () => a.at("subscription-row").locator(".grow").allInnerTexts();
    const before = (await listed()).sort();
    const file = await a.save(a.at("opml-export"));
    assert.match(readFileSync(file, "utf8"), /blog\.xml/);
    for (const title of ["The Test Tones", "Shore Notes"]) {
      await openFeed(title);
      await a.at("unsubscribe").click();
      await a.at("confirm").click();
      await notice(`Unsubscribed from “${title}”`).waitFor();
    }
    await a.page.getByRole("heading", { name: "Nothing here yet" }).waitFor();
    await a.at("opml-file").setInputFiles(file);
    await notice("2 subscriptions added").waitFor();
    await a.at("subscription-row").nth(1).waitFor();
    await a.page.getByRole("link", { name: "Reading" }).waitFor();
    assert.deepEqual((await listed()).sort(), before);
    writeFileSync(file, "this is no list");
    await a.at("opml-file").setInputFiles(file);
    await a.page.getByText("is not an OPML list").waitFor();
  },

  "settings hold for all devices or this one": async () => {
    await a.at("nav-settings").click();
    await a.at("set-theme").waitFor();
    await look(a, "settings");
    await a.at("set-theme").selectOption({ label: "Dark" });
    await a.page.locator("html[data-theme=dark]").waitFor();
    await a.at("scope-here").click();
    await a.at("set-theme").selectOption({ label: "Light" });
    await a.page.locator("html[data-theme=light]").waitFor();
    await a.page.getByRole("button", { name: "As on the others" }).click();
    await a.page.locator("html[data-theme=dark]").waitFor();
    await a.at("scope-all").click();
    await a.at("set-theme").selectOption({ label: "As the system" });
    await a.page.locator("html[data-theme=auto]").waitFor();
  },

  "on a phone downloads and messages are below the settings, and their tab says so": async () => {
    const desk = a.page.viewportSize();
    await a.page.setViewportSize({ width: 360, height: 780 });
    for (const name of ["Downloads", "Messages"]) {
      await a.at("nav-settings").click();
      await a.page.locator("main").getByRole("link", { name, exact: true }).click();
      await a.page.getByRole("heading", { name, exact: true, level: 1 }).waitFor();
      assert.equal(await a.at("nav-settings").getAttribute("aria-current"), "true");
      await a.page.locator("a.back").filter({ hasText: "Settings" }).click();
      await a.page.locator('[data-testid="nav-settings"][aria-current="page"]').waitFor();
    }
    await a.page.setViewportSize(desk);
  },

  "another language speaks at once, and from the beginning the next time": async () => {
    await a.at("set-language").selectOption({ label: "Deutsch" });
    await a.page.getByRole("heading", { name: "Optionen" }).waitFor();
    await look(a, "settings-german");
    await a.page.reload();
    await a.at("nav-inbox").getByText("Neues").waitFor();
    assert.equal(await a.page.locator("html").getAttribute("lang"), "de");
    await a.at("nav-inbox").click();
    await look(a, "inbox-german");
    await a.at("nav-settings").click();
    await a.at("set-language").selectOption({ label: "English" });
    await a.page.getByRole("heading", { name: "Settings" }).waitFor();
  },

  "everything is reached by keyboard": async () => {
    const press = (key) => a.page.keyboard.press(key);
    await press("?");
    await a.at("help").waitFor();
    await look(a, "help");
    await press("Escape");
    await a.at("help").waitFor({ state: "detached" });
    await press("g");
    await press("i");
    await rows().first().waitFor();
    await press("j");
    await press("j");
    await press("k");
    const focused = () => a.page.evaluate(() => document.activeElement.innerText);
    const first = (await titles("episode-row"))[0];
    assert.equal((await focused()).trim(), first);
    await press("m");
    await row(first).waitFor({ state: "detached" });
    await press("g");
    await press("l");
    await a.page.getByRole("heading", { name: "Library" }).waitFor();
    await a.at("subscription-row").first().waitFor();
    await press("j");
    await press("Enter");
    await rows().first().waitFor();
    await press("/");
    await a.at("search-words").waitFor();
    await a.page.keyboard.type("plain");
    await row("Plain talk").waitFor();
    for (let tabs = 0; tabs < 40 && (await focused()).trim() !== "Plain talk"; tabs++) await press("Tab");
    await press("Enter");
    await a.page.getByRole("heading", { name: "Plain talk" }).waitFor();
    await a.at("prose").getByText("a link").waitFor();
    await look(a, "episode");
    assert.equal(await a.page.title(), "Plain talk · skypod", "a stranger's script ran");
  },
});
