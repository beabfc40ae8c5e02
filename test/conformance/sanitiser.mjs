// Nothing that a stranger writes runs on our pages: every payload goes through the sanitiser, alone and inside feeds
// and articles, and what comes out is shown in real Chromium under the policy that the real server sends.
//
//   node sanitiser.mjs READING_ANSWERS SKYPOD FOLDER
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { Device } from "../e2e/browser.mjs";
import { Skypod } from "../e2e/servers.mjs";
import { decode } from "./feeds/alike.mjs";
import { Answers } from "./feeds/answers.mjs";
import { carriers, payloads } from "./sanitiser_payloads.mjs";

const [program, skypod, folder] = process.argv.slice(2).map((path) => resolve(path));
const BATCH = 100; // pieces on one page
const LEAST = 200; // payloads that must have been tried
const BASE = "https://base.example/dir/page.html";

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** The policy of the real server. */
async function policy() {
  const server = new Skypod(skypod, join(folder, "data"));
  await server.start();
  const { headers } = await fetch(`${server.url}/`);
  await server.stop();
  return headers.get("content-security-policy");
}

/** Our page, and pages that have pieces in their source, where the parser itself meets them. */
async function serve(csp, pages) {
  const script = readFileSync(new URL("sanitiser_page.mjs", import.meta.url));
  const server = createServer((request, response) => {
    const body = request.url === "/page.js" ? script : pages.get(request.url);
    const type = request.url === "/page.js" ? "text/javascript" : "text/html; charset=utf-8";
    response.writeHead(body ? 200 : 404, { "content-type": type, "content-security-policy": csp });
    response.end(body);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Everything that comes out for a payload, once each. */
async function outcomes(answers, payload) {
  const alone = (await answers.ask({ ask: "sanitise", text: payload, base: BASE })).html;
  const again = (await answers.ask({ ask: "sanitise", text: alone, base: BASE })).html;
  assert.equal(again, alone, `sanitising twice is not sanitising once: ${JSON.stringify(payload)}`);
  const pieces = [alone];
  for (const question of carriers(payload)) {
    const { feed, article } = await answers.ask({ base: BASE, ...question });
    pieces.push(article?.html ?? "", ...(feed?.items ?? []).map((item) => item.content_html));
  }
  return pieces.filter((piece) => piece !== "");
}

const PAGE = '<!doctype html><script src="/page.js"></script><body>';

/** Pictures and media that a piece shows may be asked for; nothing else may. */
function mayLoad(pieces) {
  const allowed = new Set();
  for (const piece of pieces) {
    for (const [, value] of piece.matchAll(/ (?:src|srcset|poster)="([^"]*)"/g)) {
      for (const address of decode(value).split(/,? +/)) {
        if (URL.canParse(address)) allowed.add(new URL(address).href.replace(/#.*/, ""));
      }
    }
  }
  return allowed;
}

async function showAll(device, site, pages, pieces) {
  const allowed = mayLoad(pieces);
  const strangers = [];
  await device.page.route(/.*/, (route) => {
    const request = route.request();
    if (request.url().startsWith(site.url)) return route.continue();
    const shown = ["image", "media"].includes(request.resourceType()) && allowed.has(request.url().replace(/#.*/, ""));
    if (!shown) strangers.push(`${request.resourceType()} ${request.url()}`);
    return route.abort();
  });
  device.page.on("dialog", (dialog) => {
    strangers.push(`dialog ${dialog.message()}`);
    dialog.dismiss();
  });
  for (let at = 0; at < pieces.length; at += BATCH) {
    const batch = pieces.slice(at, at + BATCH);
    pages.set(`/${at}`, `${PAGE}${batch.map((piece) => `<div>${piece}</div>`).join("\n")}`);
    await device.page.goto(`${site.url}/${at}`);
    const wrong = await device.page.evaluate((some) => globalThis.show(some), batch);
    const told = wrong.map(([index, what]) => `${what}: ${index < 0 ? `in batch ${at}` : batch[index]}`);
    assert.deepEqual(told, [], "something that was sanitised did something");
    assert.deepEqual(strangers, [], `something was asked for in batch ${at}`);
    pages.delete(`/${at}`);
  }
}

/** The page tells what it is there to tell, or its silence would mean nothing. */
async function mustNotice(device) {
  const raw = ['<img src="x:" onerror="globalThis.ran(1)">', '<a href="javascript:1">x</a>', "<p onclick=1>x</p>"];
  const wrong = await device.page.evaluate((pieces) => globalThis.show(pieces), raw);
  const noticed = new Set(wrong.map(([index]) => index));
  assert.deepEqual([...noticed].sort(), [-1, 0, 1, 2], `it notices only ${JSON.stringify(wrong)}`);
}

async function main() {
  const csp = await policy();
  assert.match(csp, /script-src 'self'/);
  const pages = new Map([["/", PAGE]]);
  const site = await serve(csp, pages);
  const answers = new Answers(program);
  const device = new Device("sanitiser", folder);
  try {
    const all = payloads();
    assert.ok(all.length >= LEAST, `only ${all.length} payloads`);
    const pieces = new Set();
    for (const payload of all) for (const piece of await outcomes(answers, payload)) pieces.add(piece);
    await device.open(`${site.url}/`);
    await mustNotice(device);
    await showAll(device, site, pages, [...pieces]);
    console.log(`ok ${all.length} payloads, ${pieces.size} different pieces shown: nothing ran, nothing was asked for`);
  } finally {
    await device.close();
    answers.stop();
    site.stop();
  }
}

await main();
