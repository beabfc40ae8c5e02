// A recovery key: made with care, kept apart, and good for one thing: a wiped device comes back as a new member.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { look } from "./looks.mjs";
import { found, online } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const openMaking = async (device) => {
  await device.at("nav-devices").click();
  await device.at("recovery-create").click();
  await device.at("recovery-make").click();
  await device.at("recovery-code").waitFor();
};

const { server, folder, a, b, walk } = scenario("a", "b");
let file = ""; // of the recovery key
let code;

await walk({
  "a realm is founded": () => found(a, server.url, "Desk"),

  "an unfinished recovery key is taken back": async () => {
    await openMaking(a);
    await a.at("nav-devices").click();
    await look(a, "recovery-discard");
    await a.at("confirm").click();
    await a.page.getByText("unfinished recovery key was removed").waitFor();
    await a.at("recovery-keys").waitFor();
    assert.equal(await a.at("recovery-key").count(), 0);
  },

  "the code must be proved, and the file saved": async () => {
    await openMaking(a);
    code = (await a.at("recovery-code").innerText()).replace(/\s/g, "");
    assert.match(code, /^[A-Z0-9]{4}(-[A-Z0-9]{4})+$/);
    await a.at("recovery-check").fill("!!!!");
    await a.at("recovery-finish").click();
    await look(a, "recovery");
    await a.at("recovery-check").fill(code.slice(-4).toLowerCase());
    await a.at("recovery-finish").click();
    await a.page.getByText("Save the file first").waitFor();
    file = await a.save(a.at("recovery-save"));
    await a.at("recovery-finish").click();
    await a.at("recovery-key").waitFor();
    await look(a, "recovery-keys");
  },

  "a fresh device refuses what does not fit, in words": async () => {
    await b.open(server.url);
    await b.at("device-name").fill("New desk");
    await b.at("welcome-restore").click();
    await b.at("restore-submit").click();
    await b.page.getByText("Choose the recovery file first").waitFor();
    const foreign = join(folder, "foreign.json");
    writeFileSync(foreign, "{}");
    await b.at("restore-file").setInputFiles(foreign);
    await b.at("restore-code").fill(code);
    await b.at("restore-submit").click();
    await b.page.locator(".problem:not(:empty)").waitFor();
    await look(b, "restore-refused");
    await b.at("restore-file").setInputFiles(file);
    await b.at("restore-code").fill(`${code.slice(0, -4)}AAAA`);
    await b.at("restore-submit").click();
    await b.page.getByText("do not open each other").waitFor();
  },

  "file and code bring it in as a new device": async () => {
    await b.at("restore-code").fill(code.toLowerCase().replaceAll("-", " "));
    await b.at("restore-submit").click();
    await online(b);
    await b.at("nav-devices").click();
    await b.page.locator('[data-testid="peer-row"]', { hasText: "Came in with a recovery key" }).waitFor();
    await a.page.locator('[data-testid="peer-row"]', { hasText: "New desk" }).waitFor();
    const ids = await b.at("peer-row").evaluateAll((rows) => rows.map((row) => row.getAttribute("data-peer-id")));
    assert.equal(new Set(ids).size, 2);
    await look(b, "recovered");
  },

  "the recovery key can be removed": async () => {
    await a.at("recovery-key").getByTestId("remove").click();
    await a.at("confirm").click();
    await a.page.getByText("The recovery key is removed").waitFor();
    await a.at("recovery-key").waitFor({ state: "detached" });
  },
});
