// Lighthouse over the built app as `skypod serve` hands it out, in the local Chromium: once for each kind of device.
//
//   node lighthouse.mjs SKYPOD FOLDER     keeps the reports in FOLDER; fails below the scores that are promised
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Skypod } from "./servers.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const { default: lighthouse, desktopConfig } = await import(pathToFileURL(require.resolve("lighthouse")));

const LEAST = { performance: 95, accessibility: 100, "best-practices": 100 };
const [program, folder] = process.argv.slice(2);
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const server = new Skypod(program, join(folder, "server"));
await server.start();
let failed = false;
for (const [name, config] of Object.entries({ phone: undefined, desk: desktopConfig })) {
  const port = await freePort();
  const args = ["--no-sandbox", `--remote-debugging-port=${port}`];
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args });
  const options = { port, output: "html", logLevel: "error", onlyCategories: Object.keys(LEAST) };
  const { lhr, report } = await lighthouse(server.url, options, config);
  writeFileSync(join(folder, `${name}.html`), report);
  for (const [category, least] of Object.entries(LEAST)) {
    const score = Math.round(lhr.categories[category].score * 100);
    console.log(`${name.padEnd(6)} ${category.padEnd(15)} ${score}`);
    if (score >= least) continue;
    failed = true;
    for (const { id } of lhr.categories[category].auditRefs) {
      const { score: one, title, displayValue = "" } = lhr.audits[id];
      if (one !== null && one < 0.9) console.log(`         ${title} ${displayValue}`);
    }
  }
  await browser.close();
}
await server.stop();
process.exit(failed ? 1 : 0);

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
