// A library to look at: podcasts and blogs as people have them, with pictures, and titles that are long, in other
// scripts, or without a place to break.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const DAY_MS = 86_400_000;
const NOW = Date.now();

const PODCASTS = [
  {
    path: "compass",
    title: "The Slow Compass",
    about: "Journeys on foot, by boat and by the night train, told by the people who took them.",
    colours: ["#0f5fa8", "#7fd6c0"],
    episodes: [
      ["Across the Alps with a borrowed map", 3125],
      ["The ferryman who counts the stars", 2710],
      ["A winter on the lighthouse rock", 3420],
      ["Small stations, long waits", 1980],
      ["What the tide leaves behind", 2840],
    ],
  },
  {
    path: "kitchen",
    title: "Kitchen Chemistry",
    about: "Why bread rises, why onions make us cry, and what salt really does.",
    colours: ["#c2571a", "#ffd27f"],
    episodes: [
      ["Caramel, or how sugar learns to sing", 1800],
      ["The ice cream episode", 2105],
      ["Sourdough: a conversation with Dr. Amara Okafor about patience, flour and the creatures in the jar", 3660],
    ],
  },
  {
    path: "fluss",
    title: "Donaudampfschifffahrtsgesellschaftskapitänsgeschichten",
    about: "Geschichten vom Fluss, von seinen Schiffen und von den Leuten an den Ufern.",
    colours: ["#1c6b3a", "#bfe58a"],
    episodes: [
      ["Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz und andere Wörter, die kein Ende nehmen", 2590],
      ["Nebel über Passau", 1744],
    ],
  },
  {
    path: "layl",
    title: "ليالي المدينة",
    about: "حكايات من شوارع المدينة بعد منتصف الليل.",
    colours: ["#3b2a6b", "#d48fd0"],
    episodes: [
      ["بائع القهوة الأخير", 1520],
      ["https://example.org/an/address/instead/of/a/title/that-nobody-has-thought-of-breaking-anywhere", 900],
    ],
  },
];

const NOTES = `<p>The map was from 1962 and the paths were not. Ida Keller set out from Oberstdorf with a loaf of bread,
a pencil, and three weeks; what she brought back is this episode.</p><h2>In this episode</h2><ul>
<li>How to read a map that is older than you</li><li>Marmots, and what they think of company</li>
<li>A supper with <a href="https://example.org/">the hut keepers of the Memminger Hütte</a></li></ul>
<blockquote>You are never lost, you are only early.</blockquote>`;

const CHAPTERS = [
  [0, "A borrowed map"],
  [14, "The first pass"],
  [31, "Company"],
  [47, "Down to Merano"],
];

const WORDS = [
  "Ida, where does this map come from?",
  "From my grandfather. He walked it in 1962, and he wrote on it in pencil.",
  "So there are two journeys on it.",
  "There are. And they do not agree about the bridge below the second hut.",
  "What did you do?",
  "I trusted the river. It had moved, too.",
];

const clockOf = (seconds) => `00:${String(seconds).padStart(2, "0")}.000`;

function transcript() {
  const cues = WORDS.map(
    (words, at) => `${clockOf(at * 9)} --> ${clockOf(at * 9 + 9)}\n<v ${at % 2 ? "Ida" : "Jonas"}>${words}`,
  );
  return `WEBVTT\n\n${cues.join("\n\n")}\n`;
}

function drawCover(folder, { path, colours: [from, to] }) {
  const file = join(folder, `${path}.png`);
  const picture = `gradients=s=600x600:c0=${from}:c1=${to}:x0=60:y0=40:x1=560:y1=600:d=1`;
  execFileSync("ffmpeg", ["-y", "-loglevel", "error", "-f", "lavfi", "-i", picture, "-frames:v", "1", file]);
  return readFileSync(file);
}

function item(base, { path }, [title, seconds], at, days) {
  const first = path === "compass" && at === 0;
  const timed = first
    ? `<podcast:chapters url="${base}/compass-chapters.json" type="application/json+chapters"/>
<podcast:transcript url="${base}/compass.vtt" type="text/vtt" language="en"/>`
    : "";
  return `<item><title>${title}</title><guid>${path}-${at}</guid><link>${base}/post/1</link>
<pubDate>${new Date(NOW - days * DAY_MS).toUTCString()}</pubDate>
<description><![CDATA[${first ? NOTES : `<p>About ${title}.</p>`}]]></description>
<enclosure url="${base}/plain.mp3?${path}${at}" type="audio/mpeg" length="480000"/>
<itunes:duration>${first ? 60 : seconds}</itunes:duration>${timed}</item>`;
}

function podcast(base, show, place) {
  const items = show.episodes.map((episode, at) => item(base, show, episode, at, at * 7 + place));
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>${show.title}</title><link>${base}/</link>
<description>${show.about}</description><image><url>${base}/${show.path}.png</url></image>
${items.join("\n")}</channel></rss>`;
}

/** Adds them to a publisher's documents; answers their addresses. */
export function hangGallery(folder, { url, documents }) {
  const put = (path, type, body) => documents.set(path, { type, body });
  PODCASTS.forEach((show, place) => {
    put(`/${show.path}.xml`, "application/rss+xml; charset=utf-8", podcast(url, show, place));
    put(`/${show.path}.png`, "image/png", drawCover(folder, show));
  });
  const chapters = CHAPTERS.map(([startTime, title]) => ({ startTime, title }));
  put("/compass-chapters.json", "application/json+chapters", JSON.stringify({ version: "1.2.0", chapters }));
  put("/compass.vtt", "text/vtt", transcript());
  put("/picture.png", "image/png", drawCover(folder, { path: "shore", colours: ["#7fb2d6", "#f4d9a0"] }));
  return [...PODCASTS.map(({ path }) => `${url}/${path}.xml`), `${url}/blog.xml`];
}
