import assert from "node:assert/strict";
import { test } from "node:test";
import { CoreError } from "../protocol";
import { Files } from "./files";

const MIB = 1024 * 1024;
const WANTED = { url: "https://pod.example/1.mp3", feed: "https://pod.example/feed" };

/** A core that has a file of so many octets, and what it was asked for. */
function coreWith(total: number, fail: (from: number) => CoreError | null = () => null) {
  const asked: [number, number][] = [];
  let underWay = 0;
  let most = 0;
  const command = async (_: string, { from, count }: { from: number; count: number }) => {
    asked.push([from, count]);
    most = Math.max(most, ++underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay--;
    const problem = fail(from);
    if (problem) throw problem;
    return { type: "audio/mpeg", total, octets: new Uint8Array(Math.min(count, total - from)).fill(from / MIB) };
  };
  return { command, asked, most: () => most };
}

test("a file is put together from its pieces, as they are read", async () => {
  const core = coreWith(2.5 * MIB);
  const response = await new Files(core).open(WANTED);
  assert.equal(response.headers.get("content-type"), "audio/mpeg");
  assert.equal(response.headers.get("content-length"), `${2.5 * MIB}`);
  assert.deepEqual(core.asked, [[0, MIB]]);
  const octets = new Uint8Array(await response.arrayBuffer());
  assert.equal(octets.length, 2.5 * MIB);
  assert.deepEqual([octets[0], octets[MIB], octets.at(-1)], [0, 1, 2]);
});

test("an empty file is one, too", async () => {
  assert.equal((await (await new Files(coreWith(0)).open(WANTED)).arrayBuffer()).byteLength, 0);
});

test("without its first piece there is no answer, and without a later one no whole", async () => {
  const refuse = new CoreError(403, "file_closed", "");
  await assert.rejects(new Files(coreWith(MIB, () => refuse)).open(WANTED), { code: "file_closed" });
  const response = await new Files(coreWith(3 * MIB, (from) => (from > 0 ? refuse : null))).open(WANTED);
  await assert.rejects(response.arrayBuffer(), { code: "file_closed" });
});

test("who stops asks for no more", async () => {
  const core = coreWith(9 * MIB);
  const stop = new AbortController();
  const response = await new Files(core).open(WANTED, stop.signal);
  stop.abort();
  await assert.rejects(response.arrayBuffer(), { name: "AbortError" });
  assert.equal(core.asked.length, 1);
});

test("two pieces at most are on their way", async () => {
  const core = coreWith(3 * MIB);
  const files = new Files(core);
  const all = await Promise.all([1, 2, 3, 4].map(async () => (await files.open(WANTED)).arrayBuffer()));
  assert.deepEqual(all.map(({ byteLength }) => byteLength), [3 * MIB, 3 * MIB, 3 * MIB, 3 * MIB]);
  assert.equal(core.most(), 2);
});
