// What the browsers talk to: the real `skypod serve`, and a web server with a feed and audio of our own making.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { createInterface } from "node:readline";

const START_MS = 30_000;

/** The real server on a port of its own choosing; a later start takes the same port again. */
export class Skypod {
  clockAheadMs = 0; // from the next start on

  /** `options` are added to `skypod serve`, `env` to its environment. */
  constructor(program, data, { address = "127.0.0.1", options = [], env = {} } = {}) {
    this.program = program;
    this.data = data;
    this.address = address;
    this.options = options;
    this.env = env;
    this.port = 0;
  }

  async start() {
    const listen = `${this.address}:${this.port}`;
    const args = ["serve", "--listen", listen, "--data", this.data, "--allow-fetch", "127.0.0.0/8", ...this.options];
    const env = { ...process.env, ...this.env, ...(this.clockAheadMs === 0 ? {} : clock(this.clockAheadMs)) };
    this.process = spawn(this.program, args, { stdio: ["ignore", "pipe", "inherit"], env });
    this.ended = new Promise((resolve) => this.process.once("exit", resolve));
    const first = await firstLine(this.process.stdout);
    const match = /^listening on (http:\/\/[\d.]+:(\d+))$/.exec(first);
    if (!match) throw new Error(`the server's first line is "${first}"`);
    this.url = match[1];
    this.port = Number(match[2]);
  }

  async stop() {
    this.process.kill("SIGTERM");
    await this.ended;
  }
}

/** What makes a program see another time of day. */
function clock(aheadMs) {
  const library = execFileSync("faketime", ["-f", "+0", "printenv", "LD_PRELOAD"]).toString().trim();
  const seconds = `${aheadMs < 0 ? "" : "+"}${aheadMs / 1000}`;
  return { LD_PRELOAD: library, FAKETIME: seconds, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}

function firstLine(stream) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the server did not start in time")), START_MS);
    createInterface({ input: stream }).once("line", (line) => {
      clearTimeout(timer);
      resolve(line);
    });
  });
}

/** Serves `feed` (a function of the base address) at /feed.xml and a minute of a quiet tone at /audio.wav. */
export async function startFeedServer(feed) {
  const audio = tone(60);
  const server = createServer((request, response) => {
    const base = `http://127.0.0.1:${server.address().port}`;
    if (request.url.startsWith("/audio.wav")) return sendRange(request, response, audio);
    if (request.url !== "/feed.xml") return response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/rss+xml; charset=utf-8" }).end(feed(base));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}

/** Answers with `body`, or with the range of it that is asked for. */
export function sendRange(request, response, body, type = "audio/wav") {
  const match = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "");
  const headers = { "content-type": type, "accept-ranges": "bytes" };
  if (!match) return response.writeHead(200, { ...headers, "content-length": body.length }).end(body);
  const start = Number(match[1]);
  const end = match[2] ? Math.min(Number(match[2]), body.length - 1) : body.length - 1;
  const range = { "content-range": `bytes ${start}-${end}/${body.length}`, "content-length": end - start + 1 };
  return response.writeHead(206, { ...headers, ...range }).end(body.subarray(start, end + 1));
}

/** A WAV file (8 kHz, 16 bits, mono) of a 220 Hz tone. */
export function tone(seconds) {
  const rate = 8000;
  const samples = rate * seconds;
  const file = Buffer.alloc(44 + samples * 2);
  file.write("RIFF", 0);
  file.writeUInt32LE(36 + samples * 2, 4);
  file.write("WAVEfmt ", 8);
  file.writeUInt32LE(16, 16); // size of the format block
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22); // channels
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(rate * 2, 28); // bytes per second
  file.writeUInt16LE(2, 32); // bytes per sample
  file.writeUInt16LE(16, 34); // bits
  file.write("data", 36);
  file.writeUInt32LE(samples * 2, 40);
  for (let i = 0; i < samples; i++) {
    file.writeInt16LE(Math.round(3000 * Math.sin((2 * Math.PI * 220 * i) / rate)), 44 + i * 2);
  }
  return file;
}
