import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ask, asked } from "./asked";

const FILE = Uint8Array.from({ length: 1_000_000 }, (_, at) => at % 251);

const page: Ask = async (from, count) => ({
  type: "audio/mpeg",
  total: FILE.length,
  octets: FILE.slice(from, from + count),
});

const rangeOf = (response: Response) => response.headers.get("content-range");

test("a player gets the beginning of what it asks for, and what is left of the file", async () => {
  const whole = await asked("bytes=0-", page);
  assert.equal(whole.status, 206);
  assert.equal(rangeOf(whole), "bytes 0-524287/1000000");
  assert.deepEqual(new Uint8Array(await whole.arrayBuffer()), FILE.slice(0, 524_288));
  assert.equal(rangeOf(await asked("bytes=999000-", page)), "bytes 999000-999999/1000000");
  assert.equal(rangeOf(await asked("bytes=10-19", page)), "bytes 10-19/1000000");
  assert.equal(rangeOf(await asked("bytes=-1000", page)), "bytes 999000-999999/1000000");
  assert.equal(rangeOf(await asked(null, page)), "bytes 0-524287/1000000");
});

test("a range beyond the end, or none at all, is refused", async () => {
  const beyond = await asked("bytes=1000000-", page);
  assert.equal(beyond.status, 416);
  assert.equal(rangeOf(beyond), "bytes */1000000");
  assert.equal((await asked("bytes=9-3", page)).status, 416);
});

test("what the page cannot get has no body, and is no page of this site either", async () => {
  assert.equal((await asked("bytes=0-", async () => ({ status: 502 }))).status, 502);
  assert.equal((await asked("bytes=-5", async () => ({ status: 404 }))).status, 404);
  const evil: Ask = async () => ({ type: "text/html", total: 1, octets: new Uint8Array(1) });
  assert.equal((await asked("bytes=0-", evil)).headers.get("content-type"), "audio/mpeg");
});
