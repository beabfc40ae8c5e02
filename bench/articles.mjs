// Articles a second beside others: skypod and its HTML parser alone by bench_article_find, Readability over linkedom
// and over jsdom here, over the same pages in the same minute. Seconds are of one processor.
//
//   node bench/articles.mjs build/native/bench/bench_article_find FOLDER [--report]      FOLDER has *.html or *.html.gz
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { comparison, section } from "./benchmarks.mjs";

const SECONDS = 6; // of work for each contender
const require = createRequire(new URL("../web/package.json", import.meta.url));
const { Readability } = require("@mozilla/readability");
const { parseHTML } = require("linkedom");
const { JSDOM, VirtualConsole } = require("jsdom");
const [program, folder, ...flags] = process.argv.slice(2);

const names = readdirSync(folder).filter((name) => /\.html(\.gz)?$/.test(name));
const read = (name) => readFileSync(join(folder, name));
const pages = names.map((name) => (name.endsWith(".gz") ? gunzipSync(read(name)) : read(name)).toString());
const unpacked = mkdtempSync(join(tmpdir(), "articles-"));
pages.forEach((page, at) => writeFileSync(join(unpacked, `${at}.html`), page));

const silent = new VirtualConsole();
const peers = {
  "Readability, linkedom": (page) => new Readability(parseHTML(page).document).parse(),
  "Readability, jsdom": (page) => new Readability(new JSDOM(page, { virtualConsole: silent }).window.document).parse(),
};

function speed(find) {
  let count = 0;
  const began = process.cpuUsage();
  const worked = () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  for (; worked() < SECONDS; count += 1) {
    try {
      find(pages[count % pages.length]);
    } catch {
      // A page that it cannot read counts as read.
    }
  }
  return count / worked();
}

const ours = JSON.parse(execFileSync(program, [unpacked, String(SECONDS)], { encoding: "utf8" }));
rmSync(unpacked, { recursive: true });
const rates = { "gumbo, the whole page parsed and no more": ours.floor, skypod: ours.article };
for (const [name, find] of Object.entries(peers)) rates[name] = speed(find);
const text = `${ours.pages} pages of article-benchmark, again and again for ${SECONDS} seconds of one processor. skypod
leaves scripts, styles and comments out before it parses.

${comparison(rates, "articles/s", "skypod")}`;
console.log(text);
if (flags.includes("--report")) section("Finding articles", "make bench-reading", text);
