// A cached feed of 63 kB, from skypod's proxy and from nginx' proxy_cache in turns, over the same connections: requests
// for each second of the server's processor time, and how long the slowest hundredth takes.
//
//   node bench/proxy.mjs SKYPOD [--report]
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { section, table } from "./benchmarks.mjs";

const [skypod, ...flags] = process.argv.slice(2);
const CONNECTIONS = 64;
const ROUNDS = 5;
const ROUND_MS = 3000;
const BODY_OCTETS = 63_000;
const folder = mkdtempSync(join(tmpdir(), "skypod-proxy-"));
const children = [];

const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];

function feed() {
  const item = (number) =>
    `<item><guid>${number}</guid><title>Episode ${number}</title>` +
    `<description>${"On rain. ".repeat(40)}</description></item>`;
  const head = '<rss version="2.0"><channel><title>A feed</title>';
  const tail = "</channel></rss>";
  let items = "";
  for (let i = 0; head.length + items.length + item(i).length + tail.length <= BODY_OCTETS; ++i) items += item(i);
  return (head + items + tail).padEnd(BODY_OCTETS);
}

/** The origin, of a feed and of documents /OCTETS that are so long; counts what reaches it. */
async function serveOrigin() {
  const headers = { "Content-Type": "application/rss+xml", "Cache-Control": "max-age=3600", ETag: '"1"' };
  const origin = http.createServer((request, answer) => {
    origin.asked += 1;
    const octets = Number(request.url.slice(1));
    const body = octets > 0 ? "x".repeat(octets) : feed();
    answer.writeHead(200, { ...headers, "Content-Length": body.length }).end(body);
  });
  origin.asked = 0;
  await new Promise((done) => origin.listen(0, "127.0.0.1", done));
  return origin;
}

function start(program, args) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  return child;
}

async function serveSkypod() {
  const place = ["--listen", "127.0.0.1:0", "--data", join(folder, "data")];
  const child = start(skypod, ["serve", ...place, "--open-proxy", "--allow-fetch", "127.0.0.0/8"]);
  const line = await new Promise((done) => child.stdout.once("data", (text) => done(String(text))));
  return { port: Number(/:(\d+)\s/.exec(line)[1]), processes: () => [child.pid] };
}

function freePort() {
  return new Promise((done) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

// Started by root, nginx would give its workers to somebody who may not write here.
const user = process.getuid() === 0 ? "user root;" : "";
const configuration = (port, origin) => `${user}
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/errors;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000000; tcp_nopush off; sendfile on;
  client_body_temp_path ${folder}/t1; proxy_temp_path ${folder}/t2; fastcgi_temp_path ${folder}/t3;
  uwsgi_temp_path ${folder}/t4; scgi_temp_path ${folder}/t5;
  proxy_cache_path ${folder}/cache keys_zone=feeds:10m max_size=1g;
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass ${origin}; proxy_cache feeds; }
  }
}
`;

async function serveNginx(origin) {
  const port = await freePort();
  const file = join(folder, "nginx.conf");
  mkdirSync(join(folder, "cache"));
  writeFileSync(file, configuration(port, origin));
  const child = start("nginx", ["-p", folder, "-c", file]);
  const workers = () => execFileSync("pgrep", ["-P", String(child.pid)], { encoding: "utf8" }).trim().split("\n");
  for (let tries = 0; tries < 200; ++tries) {
    const isOpen = await new Promise((done) => {
      const socket = net.connect(port, "127.0.0.1");
      socket.on("connect", () => done(socket.destroy() && true)).on("error", () => done(false));
    });
    if (isOpen) return { port, processes: () => [child.pid, ...workers()] };
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error("nginx does not answer");
}

/** Seconds of processor time that a server has taken. */
function worked(server) {
  const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  const times = server.processes().map((id) => {
    const fields = readFileSync(`/proc/${id}/stat`, "latin1").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / ticks;
  });
  return times.reduce((sum, each) => sum + each, 0);
}

/** One connection that asks again and again; gives what each answer took, in microseconds. */
function ask(port, path, until, times) {
  return new Promise((done, fail) => {
    const socket = net.connect(port, "127.0.0.1");
    const request = `GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`;
    let left = 0;
    let began = 0n;
    const send = () => {
      if (performance.now() >= until) {
        socket.destroy();
        return done();
      }
      left = 0;
      began = process.hrtime.bigint();
      socket.write(request);
    };
    const readHead = (octets) => {
      const text = octets.toString("latin1", 0, 2048);
      const end = text.indexOf("\r\n\r\n");
      if (!text.startsWith("HTTP/1.1 200") || end < 0) return fail(new Error(text.slice(0, 200)));
      left = end + 4 + Number(/content-length: (\d+)/i.exec(text)[1]);
    };
    socket.setNoDelay();
    socket.on("connect", send).on("error", fail);
    socket.on("data", (octets) => {
      if (left === 0) readHead(octets);
      left -= octets.length;
      if (left > 0) return;
      times.push(Number(process.hrtime.bigint() - began) / 1000);
      send();
    });
  });
}

/** Octets of one answer. */
async function weigh({ server, path }) {
  return (await (await fetch(`http://127.0.0.1:${server.port}${path}`)).arrayBuffer()).byteLength;
}

async function round(server, path) {
  const times = [];
  const before = worked(server);
  const until = performance.now() + ROUND_MS;
  await Promise.all(Array.from({ length: CONNECTIONS }, () => ask(server.port, path, until, times)));
  const seconds = worked(server) - before;
  times.sort((a, b) => a - b);
  return { rate: times.length / seconds, p99: times[Math.floor(times.length * 0.99)] / 1000, count: times.length };
}

async function main() {
  const before = loadavg()[0].toFixed(1);
  const origin = await serveOrigin();
  const address = `http://127.0.0.1:${origin.address().port}`;
  const url = encodeURIComponent(`${address}/feed.xml`);
  const ours = await serveSkypod();
  const nginx = await serveNginx(address);
  const json = { name: "skypod /api/feed", server: ours, path: `/api/feed?url=${url}` };
  const peer = { name: "nginx proxy_cache", server: nginx, path: "/feed.xml" };
  const peerOfJson = { name: "nginx proxy_cache", server: nginx, path: `/${await weigh(json)}` };
  const raw = { name: "skypod /api/raw", server: ours, path: `/api/raw?url=${url}` };
  for (const each of [peer, raw]) each.peer = peer;
  for (const each of [peerOfJson, json]) each.peer = peerOfJson;
  const contenders = [peer, raw, peerOfJson, json];
  for (const each of contenders) {
    each.rounds = [];
    each.octets = await weigh(each);
    await round(each.server, each.path); // warms up
  }
  const asked = origin.asked;
  for (let i = 0; i < ROUNDS; ++i) for (const each of contenders) each.rounds.push(await round(each.server, each.path));
  if (origin.asked !== asked) throw new Error("not everything came from the caches");
  origin.close();
  const rate = (each) => median(each.rounds.map((one) => one.rate));
  const p99 = (each) => median(each.rounds.map((one) => one.p99));
  const rows = contenders.map((each) => ({
    "": each.name,
    "an answer, kB": Math.round(each.octets / 1000),
    "requests per CPU second": Math.round(rate(each)).toLocaleString("en"),
    "of nginx": (rate(each) / rate(each.peer)).toFixed(2),
    "p99, ms": p99(each).toFixed(1),
    "of nginx's": (p99(each) / p99(each.peer)).toFixed(2),
  }));
  const text = `A feed of 63 kB from the cache, over ${CONNECTIONS} connections that are kept, medians of
${ROUNDS} rounds in turns. \`/api/raw\` is what nginx does: the document as it came. \`/api/feed\` is the feed as
JSON, read and made safe, which is longer, so it stands beside an answer of nginx that is as long. Strangers'
requests, as these are, give way to members' messages, also where other programs keep the machine busy
(docs/decisions/0011); the load average was ${before} before, ${loadavg()[0].toFixed(1)} after.

${table(rows)}`;
  console.log(text);
  if (flags.includes("--report")) section("The proxy's cache", "make bench-proxy", text);
}

try {
  await main();
} finally {
  for (const child of children) child.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
