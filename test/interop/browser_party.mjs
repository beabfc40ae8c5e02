// A peer that is a page in a real browser, which runs the app's own adapter (web/src/host/rtc.ts) with browser_peer.mjs
// around it. Chromium by Playwright, Firefox by puppeteer over BiDi.
import { createServer } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { STREAM_MODULE } from "./stream_party.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));

const CHROMIUM = "/usr/bin/chromium";
const FIREFOX = "/usr/bin/firefox-esr";

const CHROMIUM_ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--allow-loopback-in-peer-connection",
];

const FIREFOX_PREFERENCES = {
  "media.peerconnection.ice.loopback": true,
  "network.proxy.type": 0,
  "app.update.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
};

/** The page's files, from memory. */
async function serve() {
  const vite = await import(pathToFileURL(require.resolve("vite")));
  const source = new URL("../../web/src/host/rtc.ts", import.meta.url);
  const { code } = await vite.transformWithOxc(readFileSync(source, "utf8"), source.pathname);
  const file = (name) => readFileSync(new URL(name, import.meta.url));
  const script = "text/javascript";
  const files = {
    "/": ["text/html", '<!doctype html><title>peer</title><script type="module" src="/browser_peer.mjs"></script>'],
    "/rtc.js": [script, code],
    "/browser_peer.mjs": [script, file("browser_peer.mjs")],
    "/pattern.mjs": [script, file("pattern.mjs")],
    "/stream_party.mjs": [script, file("stream_party.mjs")],
    "/stream_module.wasm": ["application/wasm", readFileSync(STREAM_MODULE)],
  };
  const server = createServer((request, response) => {
    const [type, body] = files[request.url] ?? ["text/plain", ""];
    response.writeHead(body === "" ? 404 : 200, { "content-type": type }).end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

async function launchChromium() {
  const { chromium } = require("playwright-core");
  return chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
}

async function launchFirefox() {
  const puppeteer = require("puppeteer-core");
  return puppeteer.launch({
    browser: "firefox",
    executablePath: FIREFOX,
    headless: true,
    extraPrefsFirefox: FIREFOX_PREFERENCES,
  });
}

export class BrowserParty {
  /** `kind`: "chromium" or "firefox". */
  static async launch(kind) {
    const party = new BrowserParty();
    party.name = kind;
    party.onEvent = () => {};
    party.server = await serve();
    party.browser = await (kind === "chromium" ? launchChromium() : launchFirefox());
    party.page = await party.browser.newPage();
    party.page.on("pageerror", (error) => console.error(`${kind}: ${error.message}`));
    await party.page.exposeFunction("report", (line) => party.onEvent(JSON.parse(line)));
    await party.page.goto(`http://127.0.0.1:${party.server.address().port}/`);
    await party.page.waitForFunction("window.peerReady === true");
    party.work = Promise.resolve();
    return party;
  }

  /** In order; a page that cannot is a failure that close() reports. */
  do(command) {
    this.work = this.work.then(() => this.page.evaluate((line) => globalThis.carryOut(line), JSON.stringify(command)));
  }

  async close() {
    await this.work;
    await this.browser.close();
    this.server.close();
    return 0;
  }
}
