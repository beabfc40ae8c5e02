// Tokens and messages mean the same in both hosts: the native one and the web app's, which runs in real Chromium over
// WebCrypto. Each makes what the other opens, and both give the one right answer to others' vectors and to hostile
// texts of our own.
//
//   node jose.mjs JOSE_ANSWERS FOLDER     builds the page in FOLDER; the vectors are left out if the corpora are absent
import * as nodeCrypto from "node:crypto";
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Device } from "../e2e/browser.mjs";
import { hostileCases, REFUSED } from "./jose_cases.mjs";
import { base64url, newKey, publicOf, SHARED_KEY, thumbprint } from "./jose_texts.mjs";
import * as vectors from "./jose_vectors.mjs";

const [program, folder] = process.argv.slice(2).map((path) => resolve(path));
const web = fileURLToPath(new URL("../../web/", import.meta.url));
const BATCH = 500; // questions a call of the page
const NONCES = 10_000; // native/jwe_test.cpp counts more; here each costs a key import

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

/** Bundles the page's half as the app's own modules are bundled. */
async function bundle() {
  const { build } = await import(new URL("../../web/node_modules/vite/dist/node/index.js", import.meta.url));
  await build({
    configFile: false,
    root: web,
    publicDir: false,
    logLevel: "warn",
    resolve: { dedupe: ["jose"] }, // from the app's packages
    build: {
      target: "es2022",
      outDir: join(folder, "site"),
      emptyOutDir: true,
      lib: {
        entry: fileURLToPath(new URL("jose_page.mjs", import.meta.url)),
        formats: ["es"],
        fileName: () => "jose.js",
      },
    },
  });
  return readFileSync(join(folder, "site", "jose.js"));
}

/** WebCrypto wants a secure context, which a page from a loopback address is. Counts what else is asked for. */
async function serve(script) {
  const strangers = [];
  const server = createServer((request, response) => {
    const kinds = { "/": "text/html", "/jose.js": "text/javascript" };
    const body = { "/": '<!doctype html><script type="module" src="jose.js"></script>', "/jose.js": script };
    if (!(request.url in kinds)) strangers.push(request.url);
    response.writeHead(kinds[request.url] ? 200 : 404, { "content-type": kinds[request.url] ?? "text/plain" });
    response.end(body[request.url]);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${server.address().port}/`, strangers, stop: () => server.close() };
}

/** The native host: a line in, a line out. */
class Native {
  constructor() {
    this.process = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.process.stdin.on("error", () => {}); // said better by the line that does not come
  }

  async answer(jobs) {
    const replies = [];
    for (const job of jobs) {
      this.process.stdin.write(`${JSON.stringify(job)}\n`);
      const { value, done } = await this.lines.next();
      assert.ok(!done, `the native host ended at ${JSON.stringify(job).slice(0, 300)}`);
      replies.push(JSON.parse(value));
    }
    return replies;
  }

  stop() {
    this.process.stdin.end();
  }
}

class Browser {
  constructor() {
    this.device = new Device("jose", folder);
  }

  async open(url) {
    await this.device.open(url);
    await this.device.page.waitForFunction("globalThis.run !== undefined");
  }

  async run(what, jobs) {
    const replies = [];
    for (let at = 0; at < jobs.length; at += BATCH) {
      const batch = [what, jobs.slice(at, at + BATCH)];
      replies.push(...(await this.device.page.evaluate(([name, some]) => globalThis.run(name, some), batch)));
    }
    return replies;
  }

  answer(jobs) {
    return this.run("answer", jobs);
  }

  countNonces(count) {
    return this.device.page.evaluate(([self, n]) => globalThis.countNonces(self, n), [newKey(), count]);
  }
}

const native = new Native();
const browser = new Browser();
const hosts = { native, chromium: browser };
const began = Date.now();

function report(what) {
  console.log(`ok ${what} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
}

const verdict = (reply) => ("error" in reply || reply.value === false ? REFUSED : reply.value);

/** Fails at the first reply that is not the expected one; answers how many were accepted and how many refused. */
function check(host, cases, replies) {
  assert.equal(replies.length, cases.length);
  cases.forEach(({ name, expected }, i) => {
    assert.deepEqual(verdict(replies[i]), expected, `${host}: ${name}: ${JSON.stringify(replies[i]).slice(0, 300)}`);
  });
  const refused = cases.filter(({ expected }) => expected === REFUSED).length;
  return { accepted: cases.length - refused, refused };
}

/** Puts every case to both hosts. `least` is what there must be to have proved anything. */
async function askBoth(what, generator, least) {
  const cases = [...generator];
  const jobs = cases.map(({ self, ask }) => ({ self, ask }));
  for (const [name, host] of Object.entries(hosts)) {
    const { accepted, refused } = check(name, cases, await host.answer(jobs));
    assert.ok(accepted >= least.accepted && refused >= least.refused, `${what}: only ${accepted} and ${refused}`);
    report(`${name}: ${what}: ${accepted} accepted, ${refused} refused`);
  }
}

/** Runs vectors of a primitive in the browser; native/*_test.cpp does natively. */
async function tryPrimitive(what, primitive, generator, least) {
  const cases = [...generator];
  const replies = await browser.run(primitive, cases.map(({ job }) => job));
  const { accepted, refused } = check("chromium", cases, replies);
  assert.ok(accepted >= least.accepted && refused >= least.refused, `${what}: only ${accepted} and ${refused}`);
  report(`chromium: ${what}: ${accepted} accepted, ${refused} refused`);
}

async function ask(host, self, question) {
  const [reply] = await host.answer([{ self, ask: question }]);
  assert.ok("value" in reply, `${question.ask}: ${reply.error}`);
  return reply.value;
}

/** What one host makes, the other takes. */
async function cross(fromName, toName) {
  const [from, to] = [hosts[fromName], hosts[toName]];
  const [maker, taker] = [newKey(), newKey()];
  const key = base64url(SHARED_KEY);
  for (const text of ["{}", '{"n":[1,2.5,"ä\\u0000"],"o":{"p":null}}', JSON.stringify({ a: "x".repeat(50_000) })]) {
    const token = await ask(from, maker, { ask: "sign", payload: text });
    const question = { ask: "verify", token, jwk: publicOf(maker), identity: thumbprint(maker) };
    assert.equal(await ask(to, taker, question), true);
    assert.deepEqual(JSON.parse(Buffer.from(token.split(".")[1], "base64url")), JSON.parse(text));
  }
  for (const size of [0, 1, 15, 16, 17, 1000, 380 * 1024]) {
    const plaintext = base64url(Buffer.alloc(size, "ä"));
    const sealed = await ask(from, maker, { ask: "seal", jwk: publicOf(taker), plaintext });
    assert.equal(await ask(to, taker, { ask: "unseal", jwe: sealed }), plaintext);
    const encrypted = await ask(from, maker, { ask: "encrypt", key, kid: "k".repeat(256), plaintext });
    assert.equal(await ask(to, taker, { ask: "decrypt", key, jwe: encrypted }), plaintext);
    assert.ok(sealed.length <= 512 * 1024 && encrypted.length <= 512 * 1024);
  }
  report(`${fromName} to ${toName}: 3 tokens, 7 sealed and 7 encrypted messages`);
  await crossGroups(from, to, maker, taker);
  await crossSpareKeys(from, to, maker, taker);
}

/** A message for several devices, from one host to the other, and back to the one who made it. */
async function crossGroups(from, to, maker, taker) {
  const plaintext = base64url("text");
  const named = (key) => ({ identity: thumbprint(key), jwk: publicOf(key) });
  for (const recipients of [[taker], [maker, taker], [...Array(62).keys()].map(newKey).concat(maker, taker)]) {
    const jwe = await ask(from, maker, { ask: "sealAll", recipients: recipients.map(named), plaintext });
    assert.equal(await ask(to, taker, { ask: "unseal", jwe }), plaintext);
    if (recipients.length > 1) assert.equal(await ask(from, maker, { ask: "unseal", jwe }), plaintext);
  }
}

/** Keys that are not the device's own, and secrets that are stretched. */
async function crossSpareKeys(from, to, maker, taker) {
  const jwk = await ask(from, maker, { ask: "makeKey" });
  assert.deepEqual(Object.keys(jwk).sort(), ["crv", "d", "kty", "x", "y"]);
  const token = await ask(to, taker, { ask: "signAs", jwk, payload: "{}" });
  const question = { ask: "verify", token, jwk: publicOf(jwk), identity: thumbprint(jwk) };
  assert.equal(await ask(from, maker, question), true);
  const stretching = { ask: "stretch", secret: base64url("secret"), salt: base64url("salt"), rounds: 1000 };
  const expected = nodeCrypto.pbkdf2Sync("secret", "salt", 1000, 32, "sha256").toString("base64url");
  for (const host of [from, to]) assert.equal(await ask(host, maker, stretching), expected);
}

async function tryHostileCases() {
  const least = {
    tokens: { accepted: 5, refused: 750 },
    confusedKeys: { accepted: 0, refused: 6 },
    signatures: { accepted: 8, refused: 40 },
    keys: { accepted: 1, refused: 30 },
    sealed: { accepted: 3, refused: 2000 },
    grouped: { accepted: 3, refused: 30 },
    encrypted: { accepted: 2, refused: 600 },
    limits: { accepted: 0, refused: 7 },
  };
  for (const [what, cases] of Object.entries(hostileCases)) await askBoth(what, cases(), least[what]);
}

async function tryVectors() {
  if (!vectors.haveCorpora()) {
    console.log("skipped: no Wycheproof vectors and JOSE cookbook beside the repository, in ../shared/corpora");
    return;
  }
  const { signatureJobs, tokenSignatureJobs, keyWrapJobs, gcmJobs } = vectors;
  await tryPrimitive("Wycheproof ECDSA", "verifySignature", signatureJobs(), { accepted: 173, refused: 89 });
  await tryPrimitive("Wycheproof ES256", "verifySignature", tokenSignatureJobs(), { accepted: 2, refused: 30 });
  await tryPrimitive("Wycheproof AES-KW", "unwrapKey", keyWrapJobs(), { accepted: 13, refused: 54 });
  await tryPrimitive("Wycheproof AES-GCM", "openGcm", gcmJobs(), { accepted: 39, refused: 27 });
  await askBoth("Wycheproof ECDH", vectors.agreements(), { accepted: 330, refused: 23 });
  await askBoth("Wycheproof JWS", vectors.tokens(), { accepted: 0, refused: 900 });
  await askBoth("Wycheproof JWE", vectors.messages(), { accepted: 1, refused: 165 });
  await askBoth("JOSE cookbook", vectors.cookbook(), { accepted: 0, refused: 45 });
}

async function main() {
  const site = await serve(await bundle());
  try {
    await browser.open(site.url);
    await cross("native", "chromium");
    await cross("chromium", "native");
    await tryHostileCases();
    await tryVectors();
    assert.equal(await browser.countNonces(NONCES), NONCES);
    report(`chromium: ${NONCES} messages, as many nonces`);
    assert.deepEqual(site.strangers.filter((path) => path !== "/favicon.ico"), [], "a token had something fetched");
    assert.deepEqual(browser.device.problems, []);
  } finally {
    await browser.device.close();
    native.stop();
    site.stop();
  }
}

await main();
