// A tab of the test's own: in a page it speaks to the leading tab as the other tabs' workers do, so that it can ask
// without pause and note exactly what was acknowledged. By playwright's pages and by puppeteer's.
import { readFileSync } from "node:fs";

const SCRIPT = readFileSync(new URL("tab_client_page.js", import.meta.url), "utf8");
const DEADLINE_MS = 20_000;

/** Puts the client into a page, and waits until a leader answers it. */
export async function installClient(device) {
  await device.page.evaluate(SCRIPT);
  await inTime(device.page.evaluate(() => window.testTab.until(({ startedAt }) => startedAt > 0)));
}

/** Asks the core by way of that page's client. */
export function ask(device, name, args = {}) {
  return inTime(device.page.evaluate(([name, args]) => window.testTab.ask(name, args), [name, args]));
}

/** Asks as `ask` does; answers the value, and the milliseconds from the question to the answer in the page. */
export function timedAsk(device, name, args = {}) {
  const timed = async ([name, args]) => {
    const began = performance.now();
    const value = await window.testTab.ask(name, args);
    return { value, ms: performance.now() - began };
  };
  return inTime(device.page.evaluate(timed, [name, args]));
}

/** Begins to write without pause. */
export async function beginWriting(device) {
  await device.page.evaluate(() => window.testTab.beginWriting());
  await writtenMore(device, 5);
}

/** Waits for so many more acknowledged writes. */
export function writtenMore(device, count) {
  const written = (count) => {
    const least = window.testTab.acknowledged.length + count;
    return window.testTab.until(({ acknowledged }) => acknowledged.length >= least);
  };
  return inTime(device.page.evaluate(written, count));
}

/** Ends it; answers how many writes were acknowledged, and which of them the library does not have. */
export async function endWriting(device) {
  const ended = async () => {
    await window.testTab.endWriting();
    return { acknowledged: window.testTab.acknowledged.length, lost: await window.testTab.lost() };
  };
  return inTime(device.page.evaluate(ended));
}

/** The leader's term, and when its core answered first, in milliseconds since 1970. */
export function leadership(device) {
  return device.page.evaluate(() => ({ term: window.testTab.term, startedAt: window.testTab.startedAt }));
}

/** Waits for a leader after that one. */
export async function nextLeader(device, { term }) {
  const later = (before) => window.testTab.until(({ startedTerm }) => startedTerm > before);
  await inTime(device.page.evaluate(later, term));
  return leadership(device);
}

function inTime(work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came of it within ${DEADLINE_MS} ms`)), DEADLINE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
