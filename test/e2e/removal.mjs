// Removing a device: it is disconnected at once and told by whom and when, the others change the key and keep the
// removal in mind, and the device comes back as a new one or goes on alone.
import assert from "node:assert/strict";
import { look } from "./looks.mjs";
import { found, inspect, invitation, online, pair, paste } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const epoch = (device) => device.at("key").getAttribute("data-epoch");
const row = (device, name) => device.at("peer-row").filter({ hasText: name });

const { server, a, b, c, walk } = scenario("a", "b", "c");
let rotated;

await walk({
  "three devices share a realm": async () => {
    await found(a, server.url, "Desk");
    await pair(a, b, server.url, "Kitchen");
    await pair(b, c, server.url, "Phone");
  },

  "they see who brought in whom": async () => {
    for (const one of [a, b, c]) await one.at("nav-devices").click();
    await row(a, "Phone").getByText("Added by Kitchen").waitFor();
    await row(c, "Kitchen").getByText("Added by Desk").waitFor();
    await a.page.locator('.family .family .family [data-testid="peer-row"]', { hasText: "Phone" }).waitFor();
    await look(a, "devices");
  },

  "a new key on demand is numbered": async () => {
    const before = Number(await epoch(a));
    await a.at("key").locator("summary").click();
    await a.at("rotate").click();
    await a.page.locator(`[data-testid="key"][data-epoch="${before + 1}"]`).waitFor();
    await b.page.locator(`[data-testid="key"][data-epoch="${before + 1}"]`).waitFor();
    rotated = before + 1;
  },

  "a device is removed, after what that means was said": async () => {
    await row(a, "Phone").getByTestId("remove").click();
    await look(a, "remove-question");
    await a.at("confirm").click();
    await a.at("removed-devices").getByText("Phone").waitFor();
    await a.at("removed-devices").getByText("Removed by Desk").waitFor();
    await b.at("removed-devices").getByText("Removed by Desk").waitFor();
    await b.page.locator(`[data-testid="key"]:not([data-epoch="${rotated}"])`).waitFor();
    await look(a, "devices-removed");
  },

  "the removed device says by whom and when": async () => {
    await c.at("removed").getByText("This device was removed by Desk on").waitFor();
    await look(c, "removed");
    await c.page.reload();
    await c.at("removed").getByText("This device was removed by Desk on").waitFor();
  },

  "it joins again as a new device": async () => {
    await c.at("welcome-join").click();
    await inspect(a, await c.at("registration-text").inputValue());
    await paste(c, await invitation(a));
    await c.at("join-confirm").click();
    await c.at("feed-url").waitFor();
    await c.at("nav-devices").click();
    await c.at("peer-row").nth(2).waitFor();
    assert.equal(await c.at("peer-row").count(), 3);
    await a.at("invite-joined").waitFor();
    await a.at("invite-done").click();
  },

  "a device leaves by itself, and goes on alone with its library": async () => {
    await b.at("leave").click();
    await look(b, "leave-question");
    await b.at("confirm").click();
    await b.at("welcome-start").waitFor();
    await a.at("removed-devices").getByText("Left on").waitFor();
    await b.at("welcome-start").click();
    await online(b);
    await b.at("nav-devices").click();
    await b.at("peer-row").first().waitFor();
    assert.equal(await b.at("peer-row").count(), 1);
  },
});
