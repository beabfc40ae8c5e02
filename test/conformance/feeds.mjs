// How well feeds are understood, by what others expect of theirs. Prints a score for each corpus and what was missed,
// and fails if a score falls below the share that was reached before (feeds/ratchet.json).
//
//   node feeds.mjs READING_ANSWERS [--all]     --all lists what lies outside our model too
import { existsSync, readFileSync } from "node:fs";
import { Answers, CORPORA } from "./feeds/answers.mjs";
import { judgeFeedparser } from "./feeds/feedparser.mjs";
import { judgePodcastNamespace, judgeRealFeeds, judgeValidator } from "./feeds/real.mjs";
import { judgeDiscovery, judgeOpml } from "./feeds/lists.mjs";
import { judgeSuites } from "./feeds/suites.mjs";

const SHOWN = 60; // misses listed for one corpus
const [program, ...options] = process.argv.slice(2);
const reached = JSON.parse(readFileSync(new URL("feeds/ratchet.json", import.meta.url), "utf8"));

if (!existsSync(CORPORA)) {
  console.log("skipped: the corpora are not on this machine (../shared/corpora)");
  process.exit(0);
}

function report(name, verdicts) {
  const count = (wanted) => verdicts.filter(({ verdict }) => verdict === wanted).length;
  const [met, missed, outside] = ["met", "missed", "outside"].map(count);
  const share = met + missed > 0 ? (100 * met) / (met + missed) : 100;
  console.log(`${name}: ${share.toFixed(1)} % (${met} met, ${missed} missed, ${outside} outside our model)`);
  for (const { name: document, why } of verdicts.filter(({ verdict }) => verdict === "missed").slice(0, SHOWN)) {
    console.log(`  missed ${document}: ${(why ?? "").replace(/\s+/g, " ").slice(0, 160)}`);
  }
  if (options.includes("--all")) {
    for (const { name: document } of verdicts.filter(({ verdict }) => verdict === "outside")) {
      console.log(`  outside ${document}`);
    }
  }
  return share;
}

const answers = new Answers(program);
const judges = {
  feedparser: judgeFeedparser,
  "parser-suites": judgeSuites,
  "podcast-namespace": judgePodcastNamespace,
  "real-feeds": judgeRealFeeds,
  feedvalidator: judgeValidator,
  opml: judgeOpml,
  discovery: judgeDiscovery,
};
let fallen = 0;
for (const [name, judge] of Object.entries(judges)) {
  const share = report(name, await judge(answers));
  if (share < reached[name]) {
    console.error(`${name}: ${share.toFixed(1)} % is less than the ${reached[name]} % that were reached before`);
    fallen += 1;
  }
}
answers.stop();
process.exitCode = fallen > 0 ? 1 : 0;
