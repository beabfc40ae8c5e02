import assert from "node:assert/strict";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { fetchPiece } from "./piece";

const FILE = Buffer.from(Array.from({ length: 1000 }, (_, at) => at % 251));
const LOGIN = "Basic YTpi";

interface Manners {
  ranges?: boolean;
  location?: string;
}

/** Serves FILE to whoever has the login, and notes what was asked for. */
async function serve(test: TestContext, { ranges = true, location }: Manners = {}) {
  const asked: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    asked.push(request);
    if (location) return response.writeHead(302, { location }).end();
    if (request.headers.authorization !== LOGIN) return response.writeHead(401).end("Who are you?");
    const type = { "content-type": "audio/mpeg" };
    const match = /^bytes=(\d+)-(\d*)$/.exec(ranges ? (request.headers.range ?? "") : "");
    if (!match) return response.writeHead(200, { ...type, "content-length": FILE.length }).end(FILE);
    const [from, to] = [Number(match[1]), match[2] ? Math.min(Number(match[2]), FILE.length - 1) : FILE.length - 1];
    const range = `bytes ${from}-${to}/${FILE.length}`;
    response.writeHead(206, { ...type, "content-range": range, "content-length": to - from + 1 });
    response.end(FILE.subarray(from, to + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.after(() => (server.closeAllConnections(), server.close()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/1.mp3`, asked };
}

test("a piece comes with the login, and says what it is a piece of", async (t) => {
  const { url, asked } = await serve(t);
  const { octets, ...rest } = await fetchPiece({ url, authorization: LOGIN, from: 100, count: 50 });
  assert.deepEqual(rest, { status: 206, type: "audio/mpeg", range: "bytes 100-149/1000", total: null });
  assert.deepEqual(Buffer.from(octets), FILE.subarray(100, 150));
  assert.deepEqual(asked.map(({ headers }) => headers.range), ["bytes=100-149"]);
});

test("where a page may not read the range, the length of what follows tells the whole", async (t) => {
  const { url, asked } = await serve(t);
  const get = globalThis.fetch;
  t.mock.method(globalThis, "fetch", async (...args: Parameters<typeof fetch>) => {
    const response = await get(...args);
    const headers = new Headers(response.headers);
    headers.delete("content-range");
    return new Response(response.body, { status: response.status, headers });
  });
  const piece = await fetchPiece({ url, authorization: LOGIN, from: 100, count: 50 });
  assert.deepEqual([piece.range, piece.total], ["", 1000]);
  assert.deepEqual(asked.map(({ headers }) => headers.range), ["bytes=100-149", "bytes=100-"]);
  const last = await fetchPiece({ url, authorization: LOGIN, from: 990, count: 50 });
  assert.deepEqual([last.octets.length, last.total], [10, null]); // the core sees that it is the end
});

test("of a host without ranges only the beginning is read", async (t) => {
  const { url } = await serve(t, { ranges: false });
  const { octets, ...rest } = await fetchPiece({ url, authorization: LOGIN, from: 0, count: 50 });
  assert.deepEqual(rest, { status: 200, type: "audio/mpeg", range: "", total: 1000 });
  assert.deepEqual(Buffer.from(octets), FILE.subarray(0, 50));
});

test("another status brings nothing else", async (t) => {
  const { url } = await serve(t);
  const { status, octets } = await fetchPiece({ url, authorization: "Basic bm8=", from: 0, count: 50 });
  assert.deepEqual([status, octets.length], [401, 0]);
});

test("with a login no redirect is followed", async (t) => {
  const elsewhere = await serve(t);
  const { url } = await serve(t, { location: elsewhere.url });
  await assert.rejects(fetchPiece({ url, authorization: LOGIN, from: 0, count: 50 }), TypeError);
  assert.equal(elsewhere.asked.length, 0);
  const { status } = await fetchPiece({ url, authorization: "", from: 0, count: 50 });
  assert.deepEqual([status, elsewhere.asked[0]?.headers.authorization], [401, undefined]);
});
