// Every screen of the app, with a library as people have it: how it looks on a phone and on a desk, in light and dark,
// and what the rules of WCAG 2.2 AA say of it. `make screenshots` shows the pictures.
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { hangGallery } from "./gallery.mjs";
import { look } from "./looks.mjs";
import { startPublisher } from "./publisher.mjs";
import { found, inspect, invitation, online, pair, paste } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const { server, folder, desk, phone, fresh, walk } = scenario("desk", "phone", "fresh");
const publisher = await startPublisher(folder);
const feeds = hangGallery(folder, publisher);
const at = (testId) => desk.at(testId);

const go = async (hash) => {
  await desk.page.evaluate((to) => (location.hash = to), hash);
  await desk.page.locator("main h1").first().waitFor();
};
const rows = () => at("episode-row");
const row = (title) => rows().filter({ hasText: title }).first();
const openFeed = async (device, title) => {
  await device.at("nav-library").click();
  await device.at("subscription-row").filter({ hasText: title }).locator("a").first().click();
  await device.at("episode-row").first().waitFor();
};
const reaches = (device, seconds) =>
  device.page.waitForFunction(
    (least) => Number(document.querySelector('[data-testid="player-position"]')?.dataset.seconds) >= least,
    seconds,
  );
const seekTo = (seconds) =>
  at("player-seek").evaluate((slider, value) => {
    slider.value = value;
    slider.dispatchEvent(new Event("change", { bubbles: true }));
  }, seconds);
const say = async (from, text) => {
  await from.at("nav-messages").click();
  await from.at("message-input").fill(text);
  await from.at("message-send").click();
};
const picturesShown = () =>
  desk.page.waitForFunction(() => [...document.images].every((image) => image.complete && image.naturalWidth > 0));

/** The screens of a device that is in no realm. */
const OUTSIDE = {
  welcome: async () => {
    await fresh.open(server.url);
    await fresh.at("welcome-start").waitFor();
  },
  restore: async () => {
    await fresh.at("device-name").fill("Tablet");
    await fresh.at("welcome-restore").click();
    await fresh.at("restore-submit").waitFor();
  },
  join: async () => {
    await fresh.page.evaluate(() => (location.hash = "#/join"));
    await fresh.at("registration-qr").waitFor();
  },
};

/** The screens of a library that has just begun. */
const EMPTY = {
  "library-empty": () => go("#/"),
  "inbox-empty": () => go("#/inbox"),
  "queue-empty": () => go("#/queue"),
  "downloads-empty": () => go("#/downloads"),
  "messages-empty": () => go("#/messages"),
  "player-empty": () => go("#/player"),
  "devices-alone": () => go("#/devices"),
};

/** The screens of a library that is in use. The best of them are in the documentation. */
const IN_USE = {
  library: () => go("#/").then(picturesShown),
  inbox: () => go("#/inbox").then(picturesShown),
  folder: () => go("#/folder/Evenings"),
  tag: () => go("#/tag/slow"),
  feed: () => openFeed(desk, "The Slow Compass").then(picturesShown),
  "feed-settings": async () => {
    await openFeed(desk, "Donau");
    await at("feed-settings").click();
    await at("feed-folder").waitFor();
  },
  search: async () => {
    await go("#/search/map");
    await rows().first().waitFor();
  },
  queue: async () => {
    await go("#/queue");
    await at("queue-row").first().waitFor();
  },
  episode: async () => {
    await openFeed(desk, "The Slow Compass");
    await row("Across the Alps").locator("h2 a").click();
    await at("prose").getByText("hut keepers").waitFor();
  },
  article: async () => {
    await openFeed(desk, "Shore Notes");
    await row("Notes from the shore, 3").locator("h2 a").click();
    await at("full-text").or(at("prose").getByText("The very last words.")).first().waitFor();
    if (await at("full-text").isVisible()) await at("full-text").click();
    await at("prose").getByText("The very last words.").waitFor();
    await picturesShown();
  },
  player: async () => {
    await go("#/player");
    await at("chapter").nth(1).waitFor();
    await at("transcript-line").nth(1).waitFor();
    await picturesShown();
  },
  downloads: () => go("#/downloads"),
  devices: () => go("#/devices"),
  "add-device": async () => {
    await go("#/devices");
    await at("add-device").click();
    await at("paste-input").waitFor();
  },
  recovery: () => go("#/devices/recovery"),
  messages: () => go("#/messages"),
  settings: () => go("#/settings"),
  help: async () => {
    await go("#/inbox");
    await desk.page.keyboard.press("?");
    await at("help").waitFor();
  },
};

/** For the documentation: what is shown there, by its name there. */
const SHOWN = {
  "inbox-1280-light-desk": "inbox",
  "player-whole-desk": "player",
  "library-1280-dark-desk": "library",
  "inbox-360-light-desk": "inbox-phone",
  "player-360-dark-desk": "player-phone",
  "article-360-light-desk": "article-phone",
};

async function useIt() {
  for (const [at_, feed] of feeds.entries()) {
    await at("nav-library").click();
    await at("feed-url").fill(feed);
    await at("feed-add").click();
    await at("subscription-row").nth(at_).waitFor();
  }
  await organise("Kitchen Chemistry", "Evenings", "slow, food");
  await organise("Donau", "Evenings", "slow");
  await phone.at("nav-library").click();
  await phone.at("subscription-row").nth(feeds.length - 1).waitFor();
  await openFeed(phone, "Kitchen Chemistry");
  await phone.at("episode-row").filter({ hasText: "ice cream" }).getByTestId("episode-play").click();
  await reaches(phone, 2);
  await phone.at("player-toggle").click();
  await openFeed(desk, "The Slow Compass");
  for (const title of ["The ferryman", "A winter on", "Small stations"]) {
    await row(title).getByTestId("episode-queue").click();
  }
  await row("What the tide").getByTestId("episode-mark").click();
  await row("Across the Alps").getByTestId("episode-play").click();
  await reaches(desk, 1);
  await at("player-toggle").click();
  await at("player-open").click();
  await seekTo(22);
  for (const title of ["The ferryman", "Small stations"]) {
    await openFeed(desk, "The Slow Compass");
    await row(title).locator("h2 a").click();
    await at("episode-keep").click();
    await at("kept").waitFor();
  }
  await say(desk, "Dinner is ready");
  await phone.at("nav-messages").click();
  await phone.at("message-row").filter({ hasText: "Dinner" }).waitFor();
  await say(phone, "Five minutes: the ferryman is about to count the last star");
  await desk.page.locator('[data-testid="delivery"][data-state="delivered"]').waitFor();
  await at("message-row").filter({ hasText: "last star" }).waitFor();
}

async function organise(title, folderName, tags) {
  await openFeed(desk, title);
  await at("feed-settings").click();
  await at("feed-folder").fill(folderName);
  await at("feed-tags").fill(tags);
  await at("feed-organise").click();
  await at("feed-settings").waitFor();
}

const closeNotices = async () => {
  const notices = desk.page.locator('[data-testid="notice"] .icon-button');
  while ((await notices.count()) > 0) await notices.first().click();
};

/** Steps that go to each screen and look at it. */
const looks = (device, screens, suffix = "") =>
  Object.fromEntries(
    Object.entries(screens).map(([name, show]) => [
      `${name}${suffix}`,
      async () => {
        await show();
        if (device === desk) await closeNotices();
        await look(device, `${name}${suffix}`, { fullPage: false });
        if (name === "help") await desk.page.keyboard.press("Escape");
      },
    ]),
  );

const speak = async (language, heading) => {
  await go("#/settings");
  await at("set-language").selectOption({ label: language });
  await desk.page.getByRole("heading", { name: heading }).waitFor();
};

await walk({
  ...looks(fresh, OUTSIDE),
  "a library is founded": () => found(desk, server.url, "Desk"),
  ...looks(desk, EMPTY),
  "a phone joins": () => pair(desk, phone, server.url, "Phone in the kitchen"),
  "it is used": useIt,
  ...looks(desk, IN_USE),
  "the player from top to bottom": async () => {
    await IN_USE.player();
    await desk.shot("player-whole", { fullPage: true });
  },
  "an invitation": async () => {
    await inspect(desk, await fresh.at("registration-text").inputValue());
    await look(desk, "invite-question", { fullPage: false });
    await paste(fresh, await invitation(desk));
    await look(desk, "invitation", { fullPage: false });
    await fresh.at("join-confirm").waitFor();
    await look(fresh, "join-question", { fullPage: false });
    await fresh.at("join-confirm").click();
    await online(fresh);
    await at("invite-joined").waitFor();
    await at("invite-done").click();
  },
  "in German": () => speak("Deutsch", "Optionen"),
  ...looks(desk, IN_USE, "-german"),
  "the best of them": async () => {
    const docs = process.argv[4];
    for (const [shot, name] of docs ? Object.entries(SHOWN) : []) {
      copyFileSync(join(desk.shots, `${shot}.png`), join(docs, `${name}.png`));
    }
  },
});
