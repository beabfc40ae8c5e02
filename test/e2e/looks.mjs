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
  const result = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
  return result.violations.map(({ id, nodes }) => `${id} at ${nodes.map(({ html }) => html.slice(0, 100)).join(" ")}`);
}
