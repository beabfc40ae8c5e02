// The feed that the browsers subscribe to: a real-world podcast where the corpora are beside this checkout, else our
// own. Its audio is replaced by ours, since nothing here reaches the internet.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const CORPUS = fileURLToPath(new URL("../../../shared/corpora/real-feeds", import.meta.url));

const OWN = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>The Quiet Tone</title><link>https://quiet.example/</link><description>A podcast of one note.</description>
<item><title>Second note</title><guid>note-2</guid><pubDate>Tue, 02 Jan 2024 08:00:00 GMT</pubDate>
<enclosure url="https://quiet.example/2.mp3" type="audio/mpeg" length="1"/><itunes:duration>60</itunes:duration></item>
<item><title>First note</title><guid>note-1</guid><pubDate>Mon, 01 Jan 2024 08:00:00 GMT</pubDate>
<enclosure url="https://quiet.example/1.mp3" type="audio/mpeg" length="1"/><itunes:duration>60</itunes:duration></item>
</channel></rss>`;

/** {name, document(base)}: the feed's XML with every enclosure pointing to our audio. */
export function podcast() {
  const real = existsSync(CORPUS) ? pickReal() : null;
  const source = real ? readFileSync(`${CORPUS}/${real}`, "utf8") : OWN;
  let serial = 0;
  const document = (base) =>
    source.replace(/(<enclosure\b[^>]*?\burl=)("[^"]*"|'[^']*')/g, (_, before) => {
      return `${before}"${base}/audio.wav?${++serial}"`;
    });
  return { name: real ?? "our own", document };
}

/** The largest RSS podcast of at most 1 MB: something with a few hundred episodes. */
function pickReal() {
  const candidates = readdirSync(CORPUS)
    .filter((name) => /\.(xml|rss)$/.test(name))
    .map((name) => ({ name, text: readFileSync(`${CORPUS}/${name}`, "utf8") }))
    .filter(({ text }) => text.length < 1_000_000 && /<enclosure\b[^>]*audio/.test(text) && /<rss\b/.test(text))
    .sort((a, b) => b.text.length - a.text.length);
  return candidates[0]?.name ?? null;
}
