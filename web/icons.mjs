// Draws the PNG icons from public/icons/icon.svg with a local Chromium; run `npm run icons` after changing the drawing.

import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const drawing = readFileSync("public/icons/icon.svg", "utf8");
const square = drawing.replace(' rx="116"', ""); // platforms that mask cut their own corners
const maskable = square
  .replace('<g fill="none"', '<g transform="translate(61 61) scale(.76)"><g fill="none"')
  .replace("</svg>", "</g></svg>"); // everything that matters inside the middle 80 %

const icons = [
  ["icon-192", 192, drawing],
  ["icon-512", 512, drawing],
  ["maskable-512", 512, maskable],
  ["apple-touch-icon", 180, square],
];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
for (const [name, size, svg] of icons) {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:100vw;height:100vh}</style>${svg}`);
  await page.screenshot({ path: `public/icons/${name}.png`, omitBackground: true });
}
await browser.close();
