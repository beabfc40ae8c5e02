// Feeds a second beside others: skypod and libxml2's empty SAX run by bench_feed_parse, npm's parsers here, over the
// same documents in the same minute. Prints megabytes of one processor's second, and ratios.
//
//   node bench/feeds.mjs build/native/bench/bench_feed_parse FOLDER
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Readable } from "node:stream";

const SECONDS = 5; // of work for each contender
const require = createRequire(new URL("../web/package.json", import.meta.url));
const { XMLParser } = require("fast-xml-parser");
const RssParser = require("rss-parser");
const FeedParser = require("feedparser");
const [program, folder] = process.argv.slice(2);
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
const show = (name, rate) => console.log(`${name.padEnd(28)} ${rate.toFixed(1).padStart(7)} MB/s`);
console.log(`${ours.documents} feeds, ${ours.megabytes} MB`);
show("libxml2 SAX, empty (floor)", ours.floor);
show("skypod", ours.parse);
show("skypod, JSON Feed written", ours.json);
for (const [name, read] of Object.entries(peers)) {
  const rate = await speed(read);
  show(name, rate);
  console.log(`${"".padEnd(28)} skypod is ${(ours.parse / rate).toFixed(1)} times as fast`);
}
console.log(`skypod reaches ${((100 * ours.parse) / ours.floor).toFixed(0)} % of the floor`);
