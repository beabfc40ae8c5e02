// A web server with long feeds of made-up words, one below each number.
import { createServer } from "node:http";

/** {url(number), stop}: `count` feeds of `episodes` each, of what `words` (words.mjs) says. */
export async function startLargeFeeds(words, count, episodes) {
  const feeds = Array.from({ length: count }, (_, number) => document(words, number, episodes));
  const web = createServer(({ url }, response) => {
    const feed = feeds[Number(url.slice(1))];
    if (!feed) return response.writeHead(404).end();
    return response.writeHead(200, { "content-type": "application/rss+xml; charset=utf-8" }).end(feed);
  });
  await new Promise((resolve) => web.listen(0, "127.0.0.1", resolve));
  return { url: (number) => `http://127.0.0.1:${web.address().port}/${number}`, stop: () => web.close() };
}

function document(words, number, episodes) {
  const items = Array.from({ length: episodes }, (_, i) => item(words, number, i));
  const about =
    `<title>${words.some(3)}</title><link>https://feed-${number}.example/</link>` +
    `<description>${words.some(20)}</description>`;
  return `<?xml version="1.0"?><rss version="2.0"><channel>${about}${items.join("")}</channel></rss>`;
}

function item(words, feed, i) {
  const published = new Date(1_700_000_000_000 - i * 86_400_000).toUTCString();
  return (
    `<item><title>${words.some(6)}</title><guid isPermaLink="false">${feed}-${i}</guid>` +
    `<pubDate>${published}</pubDate><description>${words.some(30)}</description>` +
    `<enclosure url="https://feed-${feed}.example/${i}.mp3" type="audio/mpeg" length="1"/></item>`
  );
}
