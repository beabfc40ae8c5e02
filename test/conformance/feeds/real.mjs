// Feeds as the world publishes them, the podcast namespace as its documents show it, and a validator's corpus: all are
// read or refused with a sentence, nothing that the source says in titles, items and podcast attributes is missing.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { collapse, decode } from "./alike.mjs";
import { CORPORA, filesBelow } from "./answers.mjs";

/** A document without what only looks like elements. */
function bareSource(path) {
  const bytes = readFileSync(path);
  const wide = bytes.subarray(0, 4).includes(0);
  const source = bytes.toString(wide ? (bytes[0] === 0xfe ? "latin1" : "utf16le") : "latin1").replaceAll("\0", "");
  return source.replace(/<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->/g, (all, inside) => (inside ? "x" : ""));
}

/** Items of the feed's own: not those inside another, which are empty or other versions of it (Simple Sharing). */
function countItems(source) {
  let [count, depth] = [0, 0];
  for (const [, closes, ends] of source.matchAll(/<(\/?)(?:\w+:)?(?:item|entry)(?:\s*|\s[^>]*?)(\/?)>/g)) {
    if (!closes && depth === 0) count += 1;
    if (closes) depth = Math.max(0, depth - 1);
    else if (!ends) depth += 1;
  }
  return count;
}

function judgeFeed(path, { feed, error }) {
  if (error) return ["", error.message];
  const source = bareSource(path);
  if (path.endsWith(".json")) return [feed.items.length > 0 ? "" : "no items"];
  const items = countItems(source);
  const titled = /<(?:\w+:)?title[^>]*>\s*[^<\s]/.test(source.split(/<(?:\w+:)?(?:item|entry)[\s>]/)[0]);
  return [
    feed.items.length >= items ? "" : `${feed.items.length} items of ${items}`,
    titled && feed.title === "" ? "no title" : "",
    feed.items.some((item) => !item.id) ? "an item without id" : "",
  ];
}

const verdict = (name, problems) => {
  const why = problems.filter((problem) => problem).join(", ");
  return { name, verdict: why ? "missed" : "met", why };
};

/** Every real feed: its items and titles are there. */
export async function judgeRealFeeds(answers) {
  const folder = join(CORPORA, "real-feeds");
  const verdicts = [];
  for (const path of filesBelow(folder, /\.(?:xml|rss|atom|rdf|json|rss2|txt)$|^[^.]+$/)) {
    if (/ORIGIN|INDEX/.test(path)) continue;
    verdicts.push(verdict(relative(folder, path), judgeFeed(path, await answers.ask({ ask: "feed", path }))));
  }
  return verdicts;
}

/** Every document of the validator is read, or refused with a sentence. */
export async function judgeValidator(answers) {
  const folder = join(CORPORA, "feedvalidator");
  const verdicts = [];
  for (const path of filesBelow(folder, /\.xml$/)) {
    const { feed, error } = await answers.ask({ ask: "feed", path });
    const source = bareSource(path);
    const root = /^\s*(?:<\?[\s\S]*?\?>\s*|<![^[>]*(?:\[[\s\S]*?\])?>\s*)*<(?:\w+:)?(\w+)/.exec(source)?.[1];
    const must = ["rss", "feed", "RDF"].includes(root);
    const problem = feed || !must ? "" : error.message;
    verdicts.push(verdict(relative(folder, path), [problem, feed || error?.message ? "" : "no sentence"]));
  }
  return verdicts;
}

/** Every text of a JSON value. */
function textsOf(value) {
  if (value === null || typeof value !== "object") return [String(value)];
  return Object.values(value).flatMap(textsOf);
}

const normal = (text) => collapse(decode(text)).toLowerCase();

/** Whatever a podcast element says in an attribute or as text comes out. */
export async function judgePodcastNamespace(answers) {
  const path = join(CORPORA, "podcast-namespace", "doc-snippets.json");
  if (filesBelow(join(CORPORA, "podcast-namespace"), /doc-snippets/).length === 0) return [];
  const verdicts = [];
  for (const { source, n, xml } of JSON.parse(readFileSync(path, "utf8"))) {
    const inside = /<(?:channel|item)[\s>]/.test(xml) ? xml : `<item>${xml}</item>`;
    const text = /<rss/.test(xml) ? xml : `<rss version="2.0"><channel>${inside}</channel></rss>`;
    const { feed } = await answers.ask({ ask: "feed", text, base: "https://example.com/feed.xml" });
    const ours = textsOf(feed ?? {}).map(normal);
    const elements = /<(podcast:\w+)((?:\s+[\w:]+\s*=\s*"[^"]*")*)/g;
    for (const [, name, attributes] of xml.replace(/<!--[\s\S]*?-->/g, "").matchAll(elements)) {
      for (const [, attribute, value] of attributes.matchAll(/([\w:]+)\s*=\s*"([^"]*)"/g)) {
        const said = ours.some((each) => each === normal(value) || Number(each) === Number(value));
        const met = normal(value) === "" || said;
        verdicts.push(verdict(`${source} ${n}: ${name} ${attribute}`, [met ? "" : value]));
      }
    }
  }
  return verdicts;
}
