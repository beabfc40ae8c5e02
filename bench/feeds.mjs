// Feeds a second beside others: skypod and libxml2's empty SAX run by bench_feed_parse, npm's parsers here, over the
// same documents in the same minute. Prints megabytes of one processor's second, and ratios.
//
//   node bench/feeds.mjs build/native/bench/bench_feed_parse FOLDER [--report]
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";
import { comparison, section } from "./benchmarks.mjs";

const SECONDS = 5; // of work for each contender
const require = createRequire(new URL("../web/package.json", import.meta.url));
const { XMLParser } = require("fast-xml-parser");
const RssParser = require("rss-parser");
const FeedParser = require("feedparser");
const [program, folder, ...flags] = process.argv.slice(2);
const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
const documents = files.filter((file) => file.subarray(0, 200).includes("<") && !file.includes(0)).map(String);

const fast = new XMLParser({ ignoreAttributes: false });
const rss = new RssParser();

/** npm feedparser takes a stream and gives one. */
const streamed = (text) =>
  new Promise((resolve) => {
    const parser = new FeedParser({});
    parser.on("error", resolve);
    parser.on("end", resolve);
    parser.on("data", () => {});
    Readable.from([text]).pipe(parser);
  });

const peers = {
  "fast-xml-parser": async (text) => fast.parse(text),
  "rss-parser": (text) => rss.parseString(text),
  feedparser: streamed,
};

/** Megabytes a second; what a parser refuses counts as read. */
async function speed(read) {
  let megabytes = 0;
  const began = process.cpuUsage();
  const worked = () => {
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1e6;
  };
  while (worked() < SECONDS) {
    for (const text of documents) {
      await read(text).catch(() => {});
      megabytes += text.length / 1e6;
    }
  }
  return megabytes / worked();
}

const ours = JSON.parse(execFileSync(program, [folder, String(SECONDS)], { encoding: "utf8" }));
const rates = {
  "libxml2 SAX, empty handlers (floor)": ours.floor,
  skypod: ours.parse,
  "skypod, JSON Feed written": ours.json,
};
for (const [name, read] of Object.entries(peers)) rates[name] = await speed(read);
const text = `${ours.documents} feeds of others' test suites and of the world, ${ours.megabytes} MB, again and again for
${SECONDS} seconds of one processor.

${comparison(rates, "MB/s", "skypod")}`;
console.log(text);
if (flags.includes("--report")) section("Reading feeds", "make bench-reading", text);
