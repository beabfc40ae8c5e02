// Looks at a screen as people do: on a phone and on a desk, in light and dark, and with the rules of WCAG 2.2 AA.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

import { inFirefox } from "./browser.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const SIZES = [
  { width: 360, height: 780 },
  { width: 1280, height: 800 },
];
const SCHEMES = inFirefox ? ["light"] : ["light", "dark"]; // Playwright cannot set it in Firefox
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/**
 * Takes four screenshots of what `device` shows, of the whole page or of what its window shows; fails on any violation,
 * and on a page wider than its window.
 */
export async function look(device, name, { fullPage = true } = {}) {
  const { page } = device;
  const before = page.viewportSize();
  const found = [];
  await page.mouse.move(0, 0); // nothing looks pointed at
  for (const size of SIZES) {
    await page.setViewportSize(size);
    for (const colorScheme of SCHEMES) {
      await wish(page, { colorScheme, reducedMotion: "reduce" });
      await device.shot(`${name}-${size.width}-${colorScheme}`, { fullPage });
      const surplus = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (surplus > 0) found.push(`${size.width} ${colorScheme}: ${surplus} px wider than the window`);
      found.push(...(await violations(page)).map((line) => `${size.width} ${colorScheme}: ${line}`));
    }
  }
  await page.setViewportSize(before);
  await wish(page, { colorScheme: null, reducedMotion: null });
  assert.deepEqual(found, [], `accessibility of ${name}`);
}

async function wish(page, media) {
  if (!inFirefox) await page.emulateMedia(media);
}

async function violations(page) {
  await page.evaluate(axe);
  return page.evaluate(inspectPage, RULES);
}

/** In the page. What a fixed bar covers in part has its full size again once it is scrolled into view. */
async function inspectPage(rules) {
  const { violations } = await window.axe.run(document, { runOnly: rules });
  const isCovered = async ({ target }) => {
    document.querySelector(target[0]).scrollIntoView({ block: "center" });
    return (await window.axe.run(target[0], { runOnly: ["target-size"] })).violations.length === 0;
  };
  const found = [];
  for (const { id, nodes } of violations) {
    for (const node of nodes) {
      if (id !== "target-size" || !(await isCovered(node))) found.push(`${id} at ${node.html.slice(0, 100)}`);
    }
  }
  return found;
}
