// What a first visit costs over the network, by the files that really cross it, compressed as they are sent: the app
// has to be small without SQLite, which most of its octets are, and must not wait for what no first screen shows.
import assert from "node:assert/strict";
import { scenario } from "./scenario.mjs";

const KB_MAX = 350; // without SQLite
const OF_LATER = /zxing|purify|reader|inside/; // screens and libraries that a first screen has no use for

const { server, a, walk } = scenario("a");
const sizes = new Map(); // octets by path

const note = async (response) => {
  const { pathname } = new URL(response.url());
  if (!sizes.has(pathname) && !response.fromServiceWorker()) sizes.set(pathname, 0);
  const octets = Number(await response.headerValue("content-length"));
  if (sizes.has(pathname)) sizes.set(pathname, Math.max(octets, sizes.get(pathname)));
};
const kb = (paths) => paths.reduce((sum, path) => sum + sizes.get(path), 0) / 1000;

await walk({
  "the first screen is there after few octets": async () => {
    await a.open("about:blank");
    const answers = [];
    a.page.on("response", (response) => answers.push(note(response)));
    await a.page.goto(server.url);
    await a.at("welcome-start").waitFor();
    await Promise.all(answers);
    const paths = [...sizes.keys()];
    const database = paths.filter((path) => path.includes("sqlite"));
    const others = paths.filter((path) => !database.includes(path));
    for (const path of paths) console.log(`${(sizes.get(path) / 1000).toFixed(1).padStart(7)} kB ${path}`);
    console.log(`${kb(others).toFixed(1)} kB, and SQLite ${kb(database).toFixed(1)} kB`);
    for (const part of [/^\/$/, /index-.*js$/, /index-.*css$/, /worker-.*js$/, /core-.*wasm$/, /sqlite3-.*wasm$/]) {
      assert.equal(paths.filter((path) => part.test(path) && sizes.get(path) > 0).length, 1, `${part} was loaded once`);
    }
    assert.deepEqual(others.filter((path) => OF_LATER.test(path)), []);
    assert.ok(kb(others) < KB_MAX, `${kb(others)} kB are more than ${KB_MAX}`);
  },
});
