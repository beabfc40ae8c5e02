// Stands before the real server and passes everything on, unread but for the lines that ask for something.
import { EventEmitter, on } from "node:events";
import { connect, createServer } from "node:net";

const DEADLINE_MS = 30_000;
const REQUEST = /^(?:GET|POST|HEAD|PUT|OPTIONS) (\S+) HTTP\/1\.1\r$/gm;

/**
 * Starts it before `server` (servers.mjs): {url, asked, untilAsked}. `asked` answers the paths that contain a text, in
 * order; `untilAsked` waits for one that contains all of several.
 */
export async function startWitness(server) {
  const paths = [];
  const requests = new EventEmitter();
  const door = createServer((client) => {
    const upstream = connect(server.port, server.address);
    client.on("data", (octets) => {
      for (const [, path] of octets.toString("latin1").matchAll(REQUEST)) paths.push(decodeURIComponent(path));
      requests.emit("more");
    });
    client.pipe(upstream).pipe(client);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
  });
  await new Promise((resolve) => door.listen(0, "127.0.0.1", resolve));
  const asked = (text) => paths.filter((path) => path.includes(text));
  const untilAsked = async (...texts) => {
    const isThere = () => paths.some((path) => texts.every((text) => path.includes(text)));
    if (isThere()) return;
    for await (const _ of on(requests, "more", { signal: AbortSignal.timeout(DEADLINE_MS) })) if (isThere()) return;
  };
  return { url: `http://127.0.0.1:${door.address().port}`, asked, untilAsked };
}
