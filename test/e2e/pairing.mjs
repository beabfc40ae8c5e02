// Pairing as two people see it: the same pictures on both ends before anything is signed, an invitation that can be
// cancelled and runs out, and sentences for whatever does not fit.
import assert from "node:assert/strict";
import { look } from "./looks.mjs";
import { found, inspect, invitation, paste, pictures, registration } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const { server, a, b, c, walk } = scenario("a", "b", "c");
let code;
let cancelled;
let used;

await walk({
  "a realm is founded": () => found(a, server.url, "Desk"),

  "the new device shows its code and pictures": async () => {
    code = await registration(b, server.url, "Kitchen");
    await look(b, "registration");
  },

  "a code that was not copied whole is told from what is no code": async () => {
    await a.at("nav-devices").click();
    await a.page.getByText("Is your library on another device already?").waitFor();
    await a.at("add-device").click();
    const problem = a.page.locator(".problem");
    await paste(a, code.slice(0, -20));
    await problem.getByText("A part of it is missing").waitFor();
    await paste(a, server.url);
    await problem.getByText("not a skypod code").waitFor();
    assert.equal(await problem.filter({ hasText: /./ }).count(), 1, "the latest problem alone is shown");
  },

  "the inviter is asked about the same name and pictures": async () => {
    await inspect(a, code);
    assert.deepEqual(await pictures(a), await pictures(b));
    await a.page.getByText("Add “Kitchen”?").waitFor();
    await look(a, "invite-question");
  },

  "who says that they differ has signed nothing": async () => {
    await a.at("invite-differ").click();
    await a.page.getByText("nothing has been signed").waitFor();
    await look(a, "invite-differ");
    await paste(a, code);
  },

  "leaving an unused invitation asks first, and can be thought better of": async () => {
    cancelled = await invitation(a);
    await look(a, "invitation");
    await a.at("nav-library").click();
    await a.at("confirm").waitFor();
    await look(a, "invitation-leave");
    await a.page.getByText("Stay here").click();
    await a.at("invitation-text").waitFor();
  },

  "a cancelled invitation is refused in words": async () => {
    await a.at("invite-cancel").click();
    await a.page.getByText("is cancelled").waitFor();
    await paste(b, cancelled);
    await b.at("join-confirm").click();
    await b.at("join-again").waitFor();
    await look(b, "join-refused");
    assert.equal(await b.at("nav-devices").count(), 0);
  },

  "an invitation for another device is refused in words": async () => {
    const other = await registration(c, server.url, "Phone");
    await inspect(a, other);
    const notForB = await invitation(a);
    await b.at("join-again").click();
    await paste(b, notForB);
    await b.page.locator(".problem", { hasText: "invitation" }).waitFor();
    await look(b, "join-other-device");
    await a.at("nav-library").click();
    await a.at("confirm").click();
    await a.at("feed-url").waitFor();
  },

  "both compare the inviter's pictures, and the device joins": async () => {
    await inspect(a, await b.at("registration-text").inputValue());
    used = await invitation(a);
    await paste(b, used);
    await b.at("join-confirm").waitFor();
    assert.deepEqual(await pictures(b), await pictures(a));
    await b.page.getByText("Desk").first().waitFor();
    await look(b, "join-question");
    await b.at("join-confirm").click();
    await b.at("feed-url").waitFor();
    await a.at("invite-joined").waitFor();
    await look(a, "invite-joined");
  },

  "a used invitation serves nobody else": async () => {
    await paste(c, used);
    await c.page.locator(".problem", { hasText: "invitation" }).waitFor();
  },

  "an invitation that nobody used in time says so, and leads back to the start": async () => {
    await c.at("paste-input").fill("");
    await a.at("invite-done").click();
    await inspect(a, await c.at("registration-text").inputValue());
    await invitation(a);
    await a.page.clock.install();
    await a.page.clock.fastForward("01:00:00");
    await a.page.getByText("This invitation has expired").waitFor();
    await look(a, "invitation-expired");
    await a.page.getByText("Scan again").click();
    await a.at("paste-input").waitFor();
  },
});
