import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { decode, eventsOf, fetchDirect } from "./direct";

const ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd";

test("a document becomes events with their namespaces, and without declarations", async () => {
  const xml = `<?xml version="1.0"?><rss version="2.0" xmlns:itunes="${ITUNES}"><channel xml:lang="de">
    <itunes:image href="a.png"/><title>A &amp; B<![CDATA[<i>]]></title></channel></rss>`;
  const events = (await eventsOf(xml)).filter((event) => typeof event !== "string" || event.trim() !== "");
  assert.deepEqual(events, [
    ["", "rss", [["", "version", "2.0"]]],
    ["", "channel", [["http://www.w3.org/XML/1998/namespace", "lang", "de"]]],
    [ITUNES, "image", [["", "href", "a.png"]]],
    null,
    ["", "title", []],
    "A & B",
    "<i>",
    null,
    null,
    null,
  ]);
});

test("what is not well-formed, or declares entities of its own, is left to the other ways", async () => {
  for (const xml of [
    "<rss><channel></rss>",
    "<rss>&nbsp;</rss>",
    '<!DOCTYPE r [<!ENTITY a "aaaa">]><r>&a;</r>',
    "<a/><b/>",
    "",
    "plain text",
  ]) {
    await assert.rejects(eventsOf(xml), xml);
  }
});

test("a document with more parts than the core takes is refused", async () => {
  await assert.rejects(eventsOf(`<rss>${"<a/>".repeat(250_001)}</rss>`), /too many parts/);
});

test("the charset is HTTP's, else the declaration's, else UTF-8", () => {
  const latin = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  assert.equal(decode(latin("\xfc"), 'text/xml; charset="iso-8859-1"'), "ü");
  assert.equal(decode(latin("<?xml version='1.0' encoding='ISO-8859-1'?>\xfc"), "text/xml").at(-1), "ü");
  assert.equal(decode(new TextEncoder().encode("ü"), "text/xml"), "ü");
  assert.equal(decode(latin("\xff\xfea\0"), "text/xml"), "a");
  assert.throws(() => decode(latin("a"), "text/xml; charset=none-such"), RangeError);
});

interface Served {
  status?: number;
  body: string | Buffer;
  location?: string;
}

/** Answers every request with what `answer` says, and notes the logins it is told. */
async function serve(answer: Served, logins: unknown[] = []): Promise<[url: string, close: () => void]> {
  const server = createServer((request, response) => {
    logins.push(request.headers.authorization);
    const location = answer.location === undefined ? {} : { location: answer.location };
    response.writeHead(answer.status ?? 200, { "content-type": "application/xml", ...location });
    response.on("error", () => {}).end(answer.body);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return [`http://127.0.0.1:${(server.address() as AddressInfo).port}/feed`, () => server.close()];
}

test("JSON is told from XML, and another status has no events", async () => {
  for (const [answer, expected] of [
    [{ body: ' {"items": []}' }, { status: 200, json: { items: [] } }],
    [{ body: "<rss/>" }, { status: 200, events: [["", "rss", []], null] }],
    [{ status: 404, body: "<rss/>" }, { status: 404, events: [] }],
  ] as const) {
    const [url, close] = await serve(answer);
    assert.deepEqual(await fetchDirect(url), { url, ...expected });
    close();
  }
});

test("a document that does not end is given up", async () => {
  const [url, close] = await serve({ body: Buffer.alloc(20 * 1024 * 1024 + 1, " ") });
  await assert.rejects(fetchDirect(url), /too large/);
  close();
});

test("a login is told to the feed's host, and to nobody that it redirects to", async () => {
  const told: unknown[] = [];
  const [url, close] = await serve({ body: "<rss/>" }, told);
  await fetchDirect(url, "Basic YTpi");
  const [elsewhere, closeElsewhere] = await serve({ status: 302, body: "", location: url });
  await assert.rejects(fetchDirect(elsewhere, "Basic YTpi"));
  await fetchDirect(elsewhere);
  assert.deepEqual(told, ["Basic YTpi", undefined]);
  close();
  closeElsewhere();
});
