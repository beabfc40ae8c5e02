// Hours of audio a second: `skypod audio` beside ffmpeg's silencedetect and ebur128 on the same files in the same
// minute, and beside ffmpeg decoding alone. Speech of espeak-ng with pauses, in each format. Contenders take turns, and
// of each the best round counts: what the machine does for others makes rounds only slower.
//
//   node bench/audio.mjs build/native/cli/skypod FOLDER [MINUTES [ROUNDS]]
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

const [program, folder, minutes = "20", rounds = "3"] = process.argv.slice(2);
const RATE = 22050; // espeak-ng's
const PAUSES = [0.2, 0.35, 0.41, 0.5, 0.8, 1.2, 2]; // seconds
const TEXTS = [
  "This is a book about the sea, the wind, and the people who listened. We speak, then we wait.",
  "It was the best of times, it was the worst of times. The rest is silence, and a hundred and forty two numbers.",
  "Every episode begins with a question: who is speaking, to whom, and what happens when nobody does?",
];
const FORMATS = {
  "mp3 128k stereo": ["128.mp3", "-ar", "44100", "-ac", "2", "-c:a", "libmp3lame", "-b:a", "128k"],
  "mp3 VBR mono": ["vbr.mp3", "-ar", "44100", "-ac", "1", "-c:a", "libmp3lame", "-q:a", "4"],
  "aac 96k stereo": ["96.m4a", "-ar", "44100", "-ac", "2", "-c:a", "aac", "-b:a", "96k"],
  "opus 64k stereo": ["64.opus", "-ar", "48000", "-ac", "2", "-c:a", "libopus", "-b:a", "64k"],
};

const ffmpeg = (...words) => ["ffmpeg", ["-hide_banner", "-nostats", "-loglevel", "error", ...words]];
const contenders = {
  skypod: (file) => [program, ["audio", file]],
  "ffmpeg silencedetect,ebur128": (file) =>
    ffmpeg("-i", file, "-map", "0:a", "-af", "silencedetect=n=-45dB:d=0.4,ebur128=framelog=verbose", "-f", "null", "-"),
  "ffmpeg, decoding only": (file) => ffmpeg("-i", file, "-map", "0:a", "-f", "null", "-"),
};

/** Speech as 16-bit samples at RATE, the same in every run. */
function speech(seconds) {
  const clips = TEXTS.map((text, at) => {
    const file = join(folder, `clip${at}.wav`);
    execFileSync("espeak-ng", ["-v", "en", "-s", String(130 + 20 * at), "-w", file, text]);
    return readFileSync(file).subarray(44);
  });
  const pieces = [];
  let state = 1;
  const next = (below) => (state = (state * 48271) % 2147483647) % below;
  for (let octets = 0; octets < seconds * RATE * 2; ) {
    const pause = Buffer.alloc(2 * Math.round(RATE * PAUSES[next(PAUSES.length)]));
    for (let at = 0; at < pause.length; at += 2) pause.writeInt16LE(next(80) - 40, at);
    pieces.push(clips[next(clips.length)], pause);
    octets += pieces.at(-1).length + pieces.at(-2).length;
  }
  return Buffer.concat(pieces).subarray(0, seconds * RATE * 2);
}

/** Makes what is not there yet. */
function prepare() {
  mkdirSync(folder, { recursive: true });
  const missing = Object.values(FORMATS).filter(([name]) => !existsSync(join(folder, `${minutes}-${name}`)));
  if (missing.length === 0) return;
  const raw = join(folder, "speech.raw");
  writeFileSync(raw, speech(minutes * 60));
  for (const [name, ...options] of missing) {
    const file = join(folder, `${minutes}-${name}`);
    execFileSync(...ffmpeg("-f", "s16le", "-ar", RATE, "-ac", "1", "-i", raw, "-y", ...options, file));
  }
}

/** Seconds of wall and of processors. */
function time([command, words]) {
  const shell = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" >/dev/null 2>&1';
  const { status, stderr } = spawnSync("bash", ["-c", shell, command, ...words.map(String)], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} failed`);
  const [wall, user, system] = stderr.trim().split(" ").map(Number);
  return { wall, work: user + system };
}

prepare();
console.log(`${minutes} minutes of speech a file, the best of ${rounds} rounds, ${cpus().length} processors`);
console.log("hours of audio a second: of wall | of processor");
for (const [title, [name]] of Object.entries(FORMATS)) {
  const best = {};
  for (let round = 0; round < Number(rounds); ++round) {
    for (const [contender, command] of Object.entries(contenders)) {
      const took = time(command(join(folder, `${minutes}-${name}`)));
      best[contender] ??= took;
      best[contender].wall = Math.min(best[contender].wall, took.wall);
      best[contender].work = Math.min(best[contender].work, took.work);
    }
  }
  console.log(title);
  for (const [contender, { wall, work }] of Object.entries(best)) {
    const [a, b] = [wall, work].map((seconds) => (minutes / 60 / seconds).toFixed(3).padStart(7));
    console.log(`  ${contender.padEnd(30)} ${a} | ${b}`);
  }
  const peer = best["ffmpeg silencedetect,ebur128"];
  const [wall, work] = [peer.wall / best.skypod.wall, peer.work / best.skypod.work].map((ratio) => ratio.toFixed(1));
  console.log(`  skypod is ${wall} times as fast, with ${work} times less work`);
}
