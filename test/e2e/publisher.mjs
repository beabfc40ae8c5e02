// A publisher on the loopback: a podcast with real sound, chapters and a transcript, a blog with articles, and a page
// that names its feeds. The sound is made by ffmpeg, with silences where we know them.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sendRange } from "./servers.mjs";

/** Seconds: a tone for 4 and a silence for 3, four times. */
export const GAPPED = { durationS: 28, silenceS: 12 };
export const PLAIN_S = 60;
export const DAMAGED_S = 40; // of which the first half can be heard

function make(folder, name, seconds, sound, ...options) {
  const file = join(folder, name);
  const source = `aevalsrc='${sound}':s=22050:d=${seconds}`;
  execFileSync("ffmpeg", ["-y", "-loglevel", "error", "-f", "lavfi", "-i", source, ...options, file]);
  return readFileSync(file);
}

/** The same file with its second half overwritten. */
function damage(file) {
  return Buffer.concat([file.subarray(0, file.length / 2), Buffer.alloc(file.length / 2, "noise ")]);
}

/** {path: {type, body}} of the sound files. */
function makeSounds(folder) {
  const tone = "0.3*sin(2*PI*330*t)";
  const mp3 = ["-c:a", "libmp3lame", "-b:a", "64k"];
  return {
    "/gapped.mp3": {
      type: "audio/mpeg",
      body: make(folder, "gapped.mp3", GAPPED.durationS, `${tone}*lt(mod(t,7),4)`, ...mp3),
    },
    "/plain.mp3": { type: "audio/mpeg", body: make(folder, "plain.mp3", PLAIN_S, tone, ...mp3) },
    "/quiet.ogg": { type: "audio/ogg", body: make(folder, "quiet.ogg", 20, `0.1*${tone}`, "-c:a", "libopus") },
    "/broken.mp3": { type: "audio/mpeg", body: Buffer.from("This is no sound at all. ".repeat(400)) },
    "/damaged.m4a": {
      type: "audio/mp4",
      body: damage(make(folder, "damaged.m4a", DAMAGED_S, tone, "-c:a", "aac", "-movflags", "faststart")),
    },
  };
}

export const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==",
  "base64",
);

const DRAWING = `<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><rect width="60" height="40"/></svg>`;

const CHAPTERS = {
  version: "1.2.0",
  chapters: [
    { startTime: 0, title: "Hello" },
    { startTime: 20, title: "The middle" },
    { startTime: 40, title: "Goodbye" },
  ],
};

const TRANSCRIPT = `WEBVTT

00:00.000 --> 00:09.900
<v Ada>Welcome to the plain episode.

00:10.000 --> 00:29.900
<v Ada>Ten seconds have passed.

00:30.000 --> 00:59.000
<v Bob>Half of it is over.
`;

const item = (base, { id, title, sound, seconds, extra = "", html = "" }, day) => `<item>
<title>${title}</title><guid>${id}</guid><pubDate>${new Date(Date.UTC(2026, 0, day)).toUTCString()}</pubDate>
<link>${base}/episode/${id}</link><description><![CDATA[${html || `<p>About ${title}.</p>`}]]></description>
<enclosure url="${base}${sound}" type="${sound.endsWith("ogg") ? "audio/ogg" : "audio/mpeg"}" length="1"/>
<itunes:duration>${seconds}</itunes:duration>${extra}</item>`;

function podcast(base) {
  const timed =
    `<podcast:chapters url="${base}/chapters.json" type="application/json+chapters"/>` +
    `<podcast:transcript url="${base}/transcript.vtt" type="text/vtt" language="en"/>`;
  // Nothing of this may run, wherever it is shown.
  const evil =
    `<p>Notes with <a href="${base}/linked">a link</a>.</p>` +
    `<script>document.title="owned"</script><img src="x" onerror="document.title='owned'">`;
  const items = [
    item(
      base,
      { id: "plain", title: "Plain talk", sound: "/plain.mp3", seconds: PLAIN_S, extra: timed, html: evil },
      9,
    ),
    item(base, { id: "gapped", title: "Long pauses", sound: "/gapped.mp3", seconds: GAPPED.durationS }, 8),
    item(base, { id: "quiet", title: "A quiet one", sound: "/quiet.ogg", seconds: 20 }, 7),
    item(base, { id: "broken", title: "A broken one", sound: "/broken.mp3", seconds: 60 }, 6),
  ];
  return show(base, "The Test Tones", "Sounds whose silences are known.", items);
}

/** A podcast with sound that no browser can play, or only the beginning of it. */
function troubled(base) {
  const items = [
    item(base, { id: "whole", title: "A whole talk", sound: "/plain.mp3", seconds: PLAIN_S }, 7),
    item(base, { id: "damaged", title: "Half a talk", sound: "/damaged.m4a", seconds: DAMAGED_S }, 6),
    item(base, { id: "noise", title: "No talk at all", sound: "/broken.mp3", seconds: 60 }, 5),
    item(base, { id: "moved", title: "A talk that moved", sound: "/nowhere.mp3", seconds: 60 }, 4),
  ];
  return show(base, "Troubled Tones", "Sounds with something wrong.", items);
}

function show(base, title, description, items) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"
xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>${title}</title><link>${base}/</link>
<description>${description}</description><image><url>${base}/picture.png</url></image>
${items.join("\n")}</channel></rss>`;
}

const PARAGRAPH =
  "A lighthouse keeper writes down what the sea does, every hour, for thirty years, and the book that comes of it is " +
  "about the weather only at first sight. What it tells is how a person stays attentive. ";

function blog(base) {
  const entries = [1, 2, 3].map(
    (number) => `<entry><title>Notes from the shore, ${number}</title><id>urn:shore:${number}</id>
<updated>2026-02-0${number}T08:00:00Z</updated><link href="${base}/post/${number}"/>
<summary type="html">&lt;p&gt;The beginning of note ${number}.&lt;/p&gt;</summary></entry>`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Shore Notes</title>
<id>urn:shore</id><updated>2026-02-03T08:00:00Z</updated><link href="${base}/"/><icon>${base}/picture.png</icon>
${entries.join("\n")}</feed>`;
}

function post(base, number) {
  const paragraphs = Array.from({ length: 12 }, () => `<p>${PARAGRAPH.repeat(3)}</p>`);
  return `<!doctype html><html lang="en"><head><title>Notes from the shore, ${number}</title>
<meta name="author" content="Ida Keeper"></head><body><nav><a href="/">Home</a></nav><article>
<h1>Notes from the shore, ${number}</h1><p>By Ida Keeper</p>
<p><img src="${base}/picture.png" alt="The shore" width="600" height="400"></p>
<p><img srcset="${base}/small.png 320w, ${base}/large.png 1024w" alt="The tower"></p>
<p><img src="${base}/drawing.svg" alt="The lamp"></p><p><img src="${base}/gone.png" alt="The boat"></p>
${paragraphs.join("\n")}<p>The very last words.</p></article><footer>Imprint</footer></body></html>`;
}

function front(base) {
  return `<!doctype html><html><head><title>A front page</title>
<link rel="alternate" type="application/rss+xml" title="The Test Tones" href="${base}/podcast.xml">
<link rel="alternate" type="application/atom+xml" title="Shore Notes" href="${base}/blog.xml">
</head><body>Hello</body></html>`;
}

/** A feed of many episodes, for long lists. */
function many(base, count, name) {
  const items = Array.from({ length: count }, (_, at) => {
    const date = new Date(Date.UTC(2025, 0, 1) - at * 3_600_000).toUTCString();
    return `<item><title>${name} number ${count - at}</title><guid>${name}-${count - at}</guid>
<pubDate>${date}</pubDate>
<enclosure url="${base}/plain.mp3?${at}" type="audio/mpeg" length="1"/></item>`;
  });
  return `<?xml version="1.0"?><rss version="2.0"><channel><title>${name}</title>${items.join("")}</channel></rss>`;
}

/**
 * Starts it: {url, requests, visits, refused, logins, documents, moved, stop}. `requests` counts by path; `visits` has
 * each request's address, program and login; `refused` holds a status for each path, or 0 for no answer at all;
 * `logins` holds "name:password" for each path that wants it; `documents` holds {type, body} of further paths, and
 * `moved` the address that a path leads to. An address with `shared` in its query may be read by pages of other sites
 * (CORS).
 */
export async function startPublisher(folder) {
  const sounds = makeSounds(folder);
  const requests = new Map();
  const visits = [];
  const refused = new Map();
  const logins = new Map();
  const documents = new Map();
  const moved = new Map();
  const server = createServer((request, response) => {
    const base = `http://127.0.0.1:${server.address().port}`;
    const { pathname: path, searchParams } = new URL(request.url, base);
    requests.set(path, (requests.get(path) ?? 0) + 1);
    const { authorization, "user-agent": program = "" } = request.headers;
    visits.push({ address: request.url, program, login: authorization });
    if (searchParams.has("shared")) {
      response.setHeader("access-control-allow-origin", "*");
      response.setHeader("access-control-allow-headers", "authorization");
    }
    if (request.method === "OPTIONS") return response.writeHead(204).end();
    const send = (type, body) => response.writeHead(200, { "content-type": type }).end(body);
    if (refused.get(path) === 0) return request.socket.destroy();
    if (refused.has(path)) return response.writeHead(refused.get(path)).end();
    const login = `Basic ${Buffer.from(logins.get(path) ?? "").toString("base64")}`;
    if (logins.has(path) && authorization !== login) {
      return response.writeHead(401, { "www-authenticate": "Basic" }).end();
    }
    if (moved.has(path)) return response.writeHead(302, { location: moved.get(path) }).end();
    const { type, body } = documents.get(path) ?? {};
    if (type) return sendRange(request, response, Buffer.from(body), type);
    if (sounds[path]) return sendRange(request, response, sounds[path].body, sounds[path].type);
    if (path === "/podcast.xml") return send("application/rss+xml", podcast(base));
    if (path === "/troubled.xml") return send("application/rss+xml", troubled(base));
    if (path === "/blog.xml") return send("application/atom+xml", blog(base));
    if (path === "/many.xml")
      return send("application/rss+xml", many(base, Number(searchParams.get("n")), searchParams.get("name")));
    if (path === "/chapters.json") return send("application/json+chapters", JSON.stringify(CHAPTERS));
    if (path === "/transcript.vtt") return send("text/vtt", TRANSCRIPT);
    if (path === "/drawing.svg") return send("image/svg+xml", DRAWING);
    if (["/picture.png", "/large.png"].includes(path)) return send("image/png", PICTURE);
    if (path.startsWith("/post/")) return send("text/html; charset=utf-8", post(base, path.slice(6)));
    if (path === "/") return send("text/html; charset=utf-8", front(base));
    return response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve)));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, requests, visits, refused, logins, documents, moved, stop };
}
