// Articles in a real browser: read, made larger, fetched whole, kept with their pictures, and read without any network.
import assert from "node:assert/strict";
import { look } from "./looks.mjs";
import { startPublisher } from "./publisher.mjs";
import { found } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const { server, folder, a, walk } = scenario("a");
const publisher = await startPublisher(folder);

const open = async (title) => {
  await a.at("nav-inbox").click();
  await a.at("filter-all").click();
  await a.at("episode-row").filter({ hasText: title }).locator("h2 a").click();
  await a.page.getByRole("heading", { name: title, exact: true }).waitFor();
};
const prose = () => a.at("prose");

/** Those of these pictures are there, and no others; each has been drawn. */
async function pictured(...names) {
  await a.page.waitForFunction((wanted) => {
    const pictures = [...document.querySelectorAll("[data-testid=prose] img")];
    for (const picture of pictures) picture.loading = "eager";
    const drawn = pictures.filter(({ naturalWidth }) => naturalWidth > 0);
    return drawn.length === pictures.length && drawn.map(({ alt }) => alt).join() === wanted;
  }, names.join());
}

await walk({
  "an article is opened and counts as read": async () => {
    await found(a, server.url, "Desk");
    await a.at("feed-url").fill(`${publisher.url}/blog.xml`);
    await a.at("feed-add").click();
    await a.at("subscription-row").waitFor();
    await open("Notes from the shore, 3");
    await prose().getByText("The beginning of note 3.").waitFor();
    await a.at("episode-mark").getByText("Mark as unread").waitFor();
  },

  "the whole article is fetched, with its reading time": async () => {
    await a.at("full-text").click();
    await prose().getByText("The very last words.").waitFor();
    await a.page.getByText(/\d+ min read/).waitFor();
    await a.page.getByText("Ida Keeper").first().waitFor();
    assert.equal(await prose().locator("script, nav, footer").count(), 0);
    await look(a, "article");
  },

  "its pictures are shown, and their host hears of the server alone": async () => {
    await pictured("The shore", "The tower", "The lamp"); // the boat's is gone
    for (const path of ["/picture.png", "/large.png", "/drawing.svg"]) assert.ok(publisher.requests.get(path), path);
    const own = publisher.visits.filter(({ program }) => program.startsWith("Mozilla/"));
    assert.deepEqual(own.map(({ address }) => address), ["/blog.xml"]); // the feed, which it may not read itself
  },

  "its text is made larger, on this device": async () => {
    const size = () => prose().evaluate((it) => Number.parseFloat(getComputedStyle(it).fontSize));
    const before = await size();
    await a.page.getByRole("button", { name: "Larger text" }).click();
    await a.page.getByText("110 %").waitFor();
    assert.ok((await size()) > before);
  },

  "links leave in a tab of their own": async () => {
    const links = await prose()
      .locator("a[href]")
      .evaluateAll((all) => all.map(({ target, rel }) => `${target} ${rel}`));
    for (const link of links) assert.equal(link, "_blank noopener noreferrer");
  },

  "what has no article on its page is kept as its feed has it": async () => {
    publisher.documents.set("/post/1", { type: "text/html", body: "<!doctype html><title>Closed</title>" });
    await open("Notes from the shore, 1");
    await a.at("episode-keep").click();
    await a.at("kept").waitFor();
    await open("Notes from the shore, 3");
  },

  "it is kept, and read with the network off": async () => {
    await a.at("episode-keep").click();
    await a.at("kept").waitFor();
    await a.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await server.stop();
    await publisher.stop();
    await a.context.setOffline(true);
    await a.page.reload();
    await open("Notes from the shore, 3");
    await prose().getByText("The very last words.").waitFor();
    await pictured("The shore", "The tower", "The lamp");
  },

  "another article has what its feed said of it, and says what is missing": async () => {
    await open("Notes from the shore, 2");
    await prose().getByText("The beginning of note 2.").waitFor();
    await a.at("full-text").click();
    await a.page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
  },
});
