// How well articles are found: against what people marked on pages (article-benchmark), segments that must and must not
// survive (reader-segments), and what one well-known program finds on its own test pages (readability). Prints means
// and the worst pages, and fails if a mean falls below what was reached before (articles_ratchet.json).
//
//   node articles.mjs READING_ANSWERS [--all]     --all lists every page
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { likeness, mean } from "./articles_measure.mjs";
import { bareText, collapse } from "./feeds/alike.mjs";
import { Answers, CORPORA } from "./feeds/answers.mjs";

const WORST = 12; // pages listed for one corpus
const [program, ...options] = process.argv.slice(2);
const reached = JSON.parse(readFileSync(new URL("articles_ratchet.json", import.meta.url), "utf8"));
const scores = {};

if (!existsSync(CORPORA)) {
  console.log("skipped: the corpora are not on this machine (../shared/corpora)");
  process.exit(0);
}

const answers = new Answers(program);
const article = async (text, base) => (await answers.ask({ ask: "article", text, base })).article;
const json = (...path) => JSON.parse(readFileSync(join(CORPORA, ...path), "utf8"));
const zipped = (...path) => gunzipSync(readFileSync(join(CORPORA, ...path))).toString();

function report(name, rows) {
  scores[name] = 100 * mean(rows.map(({ score }) => score));
  console.log(`${name}: mean ${(scores[name] / 100).toFixed(4)} over ${rows.length} pages`);
  const sorted = rows.toSorted((left, right) => left.score - right.score);
  for (const { page, score, note } of options.includes("--all") ? sorted : sorted.slice(0, WORST)) {
    console.log(`  ${score.toFixed(3)} ${page}${note ? ` (${note})` : ""}`);
  }
}

async function benchmark() {
  const rows = [];
  for (const [page, { articleBody, url }] of Object.entries(json("article-benchmark", "ground-truth.json"))) {
    const found = await article(zipped("article-benchmark", "html", `${page}.html.gz`), url);
    rows.push({ page, score: likeness(found.text, articleBody) });
  }
  report("article-benchmark", rows);
}

const MARKUP = /<(script|style)\b[\s\S]*?<\/\1>|<!--[\s\S]*?-->/gi;
const textOf = (html) => html.replace(MARKUP, "").replace(/<[^>]*>/g, " ");

function share(name, pages, isRight) {
  const right = pages.filter(isRight);
  scores[name] = (100 * right.length) / Math.max(pages.length, 1);
  console.log(`${name}: ${scores[name].toFixed(1)} % exact of ${pages.length}`);
  for (const page of pages.filter((each) => !isRight(each)).slice(0, options.includes("--all") ? 999 : WORST)) {
    const member = name.split(" ")[1];
    console.log(`  ${page.page}: ${JSON.stringify(page.found[member])} for ${JSON.stringify(page.expected[member])}`);
  }
}

async function readability() {
  const folder = join(CORPORA, "readability");
  const pages = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const page = entry.name;
    const expected = json("readability", page, "expected-metadata.json");
    const source = readFileSync(join(folder, page, "source.html"), "utf8");
    const found = await article(source, "http://fakehost/test/page.html");
    const theirs = (await answers.ask({ ask: "text", path: join(folder, page, "expected.html") })).text;
    pages.push({ page, expected, found, score: likeness(found.text, theirs) });
  }
  report("readability", pages);
  const same = (left, right) => collapse(left ?? "") === collapse(right ?? "");
  share("readability title", pages, ({ found, expected }) => same(found.title, expected.title));
  share("readability byline", pages, ({ found, expected }) => same(found.byline, expected.byline));
  share("readability excerpt", pages, ({ found, expected }) => same(found.excerpt, expected.excerpt));
  share("readability siteName", pages, ({ found, expected }) => same(found.siteName, expected.siteName));
}

async function segments() {
  const rows = [];
  let [kept, wanted, refused, unwanted] = [0, 0, 0, 0];
  for (const [url, { file, with: inside, without }] of Object.entries(json("reader-segments", "evaldata.json"))) {
    const text = bareText((await article(zipped("reader-segments", "html", file), url)).text);
    const holds = (segment) => text.includes(segment.replace(/[\s\u00a0]+/g, ""));
    const [hits, slips] = [inside.filter(holds).length, without.filter(holds).length];
    kept += hits;
    wanted += inside.length;
    refused += without.length - slips;
    unwanted += without.length;
    rows.push({ page: url, score: (hits + without.length - slips) / (inside.length + without.length), note: file });
  }
  report("reader-segments", rows);
  scores["reader-segments recall"] = (100 * kept) / wanted;
  scores["reader-segments rejection"] = (100 * refused) / unwanted;
  for (const what of ["recall", "rejection"]) {
    console.log(`reader-segments ${what}: ${scores[`reader-segments ${what}`].toFixed(1)} %`);
  }
}

for (const judge of [benchmark, readability, segments]) await judge();
answers.stop();
for (const [name, least] of Object.entries(reached)) {
  if (scores[name] >= least) continue;
  console.error(`${name}: ${scores[name].toFixed(2)} is less than the ${least} that were reached before`);
  process.exitCode = 1;
}
