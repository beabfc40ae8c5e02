// Makes another build of the app out of one: the same code, but files of other names, as after a change.
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SCRIPT = /\.js$/; // all of them: who imports a file of another name is another file too
const TEXT = /\.(html|js)$/;

/** Changes the built app in `folder` in place. */
export function makeNextBuild(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (name.endsWith(".br")) rmSync(join(folder, name)); // what they were made of is about to change
  }
  const assets = join(folder, "assets");
  const renamed = readdirSync(assets)
    .filter((name) => SCRIPT.test(name))
    .map((name) => [name, name.replace(SCRIPT, "-changed.js")]);
  for (const [before, after] of renamed) renameSync(join(assets, before), join(assets, after));
  for (const name of readdirSync(folder, { recursive: true }).filter((file) => TEXT.test(file))) {
    const file = join(folder, name);
    const text = renamed.reduce((text, [before, after]) => text.replaceAll(before, after), readFileSync(file, "utf8"));
    writeFileSync(file, name === "sw.js" ? withNewPage(text) : text);
  }
}

/** The service worker fetches the page again only if its revision is another. */
function withNewPage(worker) {
  const changed = worker.replace(/\{[^{}]*"url":"index\.html"[^{}]*\}/, '{"url":"index.html","revision":"changed"}');
  if (changed === worker) throw new Error("the service worker does not name the page");
  return changed;
}
