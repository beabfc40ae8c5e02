// Lists of subscriptions go through us unchanged, and pages' feeds are found.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { decode } from "./alike.mjs";
import { CORPORA, filesBelow } from "./answers.mjs";

/** How many feeds a list names, counted in its source. */
function feedsIn(source) {
  const outlines = source.replace(/<!--[\s\S]*?-->/g, "").matchAll(/<outline\b[^>]*>/gi);
  return [...outlines].filter(([one]) => /\sxmlUrl\s*=\s*["']\s*(?:feed:)?(?:https?:)?\/\/[^"'\s]/i.test(one)).length;
}

/** import → export → import is identity, and no feed is lost. */
export async function judgeOpml(answers) {
  const verdicts = [];
  for (const folder of ["opml", "feedvalidator/opml", "parser-suites/stringer", "parser-suites/newsboat"]) {
    for (const path of filesBelow(join(CORPORA, folder), /\.(?:opml|xml)$/)) {
      const name = relative(CORPORA, path);
      const first = await answers.ask({ ask: "opml", path });
      const source = readFileSync(path, "utf8");
      if (first.error) {
        const isList = /<opml/i.test(source);
        verdicts.push({ name, verdict: isList ? "missed" : "outside", why: first.error.message });
        continue;
      }
      const second = await answers.ask({ ask: "opml", text: first.opml });
      const sorted = (rows) => JSON.stringify(rows.map((row) => JSON.stringify(row)).sort());
      const same = sorted(first.rows) === sorted(second.rows) && first.title === second.title;
      const lost = feedsIn(source) - first.rows.length;
      const why = same ? (lost > 0 ? `${lost} feeds lost` : "") : "the second reading differs";
      verdicts.push({ name, verdict: why ? "missed" : "met", why });
    }
  }
  return verdicts;
}

/** What stands in href, without what resolving changes. */
function address(link) {
  const value = /href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*))/i.exec(link)?.slice(1).join("") ?? "";
  return decode(value).trim().replace(/^\.*\/*/, "");
}

/** Feeds that pages declare, as a pattern over their source sees them. */
export async function judgeDiscovery(answers) {
  const verdicts = [];
  for (const folder of ["feedvalidator/feedfinder-tests", "parser-suites", "article-benchmark"]) {
    for (const path of filesBelow(join(CORPORA, folder), /\.html?$/)) {
      const source = readFileSync(path, "latin1").replace(/<!--[\s\S]*?-->/g, "");
      const links = [...source.matchAll(/<link\b[^>]*>/gi)].map(([link]) => link);
      const isFeed = (link) => /rel\s*=\s*["']?alternate["'\s>]/i.test(link) && /\/(?:rss|atom)\+xml/i.test(link);
      const wanted = links.filter(isFeed);
      const { feeds } = await answers.ask({ ask: "discover", path, base: "http://base.example/dir/" });
      const found = (link) => feeds.some((feed) => feed.url.endsWith(address(link)));
      const lost = wanted.filter((link) => !found(link));
      const why = lost.length > 0 ? `${lost[0]} is not found` : "";
      verdicts.push({ name: relative(CORPORA, path), verdict: why ? "missed" : "met", why });
    }
  }
  return verdicts;
}
