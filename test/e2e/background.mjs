// Pages that can be hidden and frozen, by puppeteer: playwright keeps every page visible.
import { createRequire } from "node:module";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Skypod } from "./servers.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const puppeteer = require("puppeteer-core");

const DEADLINE_MS = 20_000;

const [program, folder] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

export const profile = join(folder, "profile");
export { folder };
export const server = new Skypod(program, join(folder, "server"));
await server.start();
const browser = await puppeteer.launch({
  executablePath: "/usr/bin/chromium",
  userDataDir: profile,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

/** A new page of the app, or of another address; it hides the one before. */
export async function tab(url = server.url) {
  const page = await browser.newPage();
  page.setDefaultTimeout(DEADLINE_MS);
  await page.goto(url);
  return { page };
}

export const at = ({ page }, testId) => page.waitForSelector(`[data-testid="${testId}"]`);

/** Founds a realm. */
export async function found(device) {
  await (await at(device, "device-name")).type("Desk");
  await (await at(device, "welcome-start")).click();
  await at(device, "feed-url");
}

/** Does it and ends the process: 0 if it succeeded. */
export async function run(work) {
  try {
    await work();
  } catch (error) {
    console.log(`FAILED: ${error.stack}`);
    process.exitCode = 1;
  } finally {
    await browser.close();
    await server.stop().catch(() => {});
    process.exit();
  }
}
