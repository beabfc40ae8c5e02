// Real Chromium, or real Firefox, with a profile of its own: its storage outlives a page, and its camera shows what the
// test puts before it.
import { createRequire } from "node:module";
import { mkdirSync, readdirSync, statSync, watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Camera, PICTURE } from "./camera.mjs";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium, firefox } = require("playwright-core");

/** Which browser the walk is taken in: its command's last word says so. */
export const inFirefox = process.argv.at(-1) === "firefox";

const CHROMIUM = "/usr/bin/chromium";
const FIREFOX = fileURLToPath(new URL("firefox_bidi.mjs", import.meta.url));
const VIEWPORT = { width: 1280, height: 800 };
// Firefox tells here also what the network refused, which walks do on purpose, and that an answer is no XML.
const OF_THE_NETWORK = new RegExp(
  "^(Cross-Origin Request Blocked|The Same Origin Policy disallows|Firefox can.t establish a connection|" +
    "Failed to load|syntax error\nLocation: )",
);
const DEADLINE_MS = 30_000; // for anything that a page is waited for
const DENIED = 2; // Firefox's nsIPermissionManager.DENY_ACTION

/** A browser profile with one page, a fake camera, and a folder for its screenshots. */
export class Device {
  program = CHROMIUM;
  moreArgs = []; // of Chromium
  preferences = {}; // of Firefox
  scripts = []; // functions that run in every page before its own
  hasCamera = true; // false: whoever asks for one is denied it

  constructor(name, folder, context = undefined) {
    this.name = name;
    this.context = context;
    this.profile = join(folder, name);
    this.shots = join(folder, "screenshots");
    this.saved = join(folder, `${name}-saved`);
    this.problems = [];
    mkdirSync(this.shots, { recursive: true });
    this.camera = new Camera(join(folder, `${name}.y4m`));
  }

  async open(url) {
    this.context = await (inFirefox ? this.#openFirefox() : this.#openChromium());
    this.context.setDefaultTimeout(DEADLINE_MS);
    for (const script of this.scripts) await this.context.addInitScript(script);
    if (inFirefox && this.hasCamera) await this.camera.installIn(this.context);
    await this.#show(this.context.pages()[0] ?? (await this.context.newPage()), url);
  }

  #openFirefox() {
    mkdirSync(this.saved, { recursive: true });
    return firefox.launchPersistentContext(this.profile, {
      executablePath: FIREFOX,
      channel: "moz-firefox",
      viewport: VIEWPORT,
      downloadsPath: this.saved,
      firefoxUserPrefs: {
        "media.autoplay.default": 0,
        "media.autoplay.blocking_policy": 0,
        "media.cubeb.force_mock_context": true, // a machine without loudspeakers plays, too
        "media.navigator.streams.fake": true, // a camera to deny
        "media.navigator.permission.fake": true,
        "permissions.default.camera": DENIED,
        ...this.preferences,
      },
    });
  }

  #openChromium() {
    return chromium.launchPersistentContext(this.profile, {
      executablePath: this.program,
      viewport: VIEWPORT,
      permissions: ["camera"],
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--autoplay-policy=no-user-gesture-required",
        `--use-fake-ui-for-media-stream${this.hasCamera ? "" : "=deny"}`,
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${this.camera.film}`,
        "--allow-loopback-in-peer-connection",
        "--disable-features=WebRtcHideLocalIpsWithMdns",
        ...this.moreArgs,
      ],
    });
  }

  /** Presses what saves a file; answers the file's path. */
  async save(button) {
    if (inFirefox) return this.#saveInFirefox(button);
    const [download] = await Promise.all([this.page.waitForEvent("download"), button.click()]);
    const file = join(this.saved, download.suggestedFilename());
    await download.saveAs(file);
    return file;
  }

  // Firefox writes NAME.part beside an empty NAME, and renames it.
  async #saveInFirefox(button) {
    const before = new Set(readdirSync(this.saved));
    const isNew = (name) => {
      return !before.has(name) && !name.endsWith(".part") && statSync(join(this.saved, name)).size > 0;
    };
    const watching = new AbortController();
    const whole = new Promise((resolve, reject) => {
      const look = () => readdirSync(this.saved).filter(isNew).forEach((name) => resolve(join(this.saved, name)));
      watch(this.saved, { signal: watching.signal }, look);
      watching.signal.addEventListener("abort", () => reject(new Error("no file was saved")));
    });
    const deadline = setTimeout(() => watching.abort(), DEADLINE_MS);
    await button.click();
    const file = await whole;
    clearTimeout(deadline);
    watching.abort();
    return file;
  }

  /** Another tab of the same browser: the same device, in another page. */
  async tab(name, url) {
    const tab = new Device(name, dirname(this.profile), this.context);
    tab.problems = this.problems;
    await tab.#show(await this.context.newPage(), url);
    return tab;
  }

  async #show(page, url) {
    this.page = page;
    page.on("pageerror", ({ message }) => {
      if (!inFirefox || !OF_THE_NETWORK.test(message)) this.problems.push(`${this.name}: ${message}`);
    });
    page.on("console", (message) => {
      if (process.env.VERBOSE) console.log(`[${this.name}] ${message.text()}`);
    });
    await page.goto(url);
  }

  /** The element of that data-testid. */
  at(testId) {
    return this.page.getByTestId(testId);
  }

  async shot(name, options = {}) {
    await this.page.screenshot({ path: join(this.shots, `${name}-${this.name}.png`), ...options });
  }

  async close() {
    await this.context?.close();
  }

  /** Every frame of the QR code on the page, as grey pictures for another device's camera. */
  async qrPictures(testId) {
    const code = this.at(testId);
    const count = Number(await code.getAttribute("data-frames"));
    const pictures = new Map();
    while (pictures.size < count) {
      const { frame, grey } = await code.evaluate(drawGrey, PICTURE);
      pictures.set(frame, Uint8Array.from(Buffer.from(grey, "base64")));
      await code.evaluate(nextFrame, frame);
    }
    return [...pictures.values()];
  }
}

/** In the page: draws the QR code's SVG with a white border and answers its grey values. */
async function drawGrey(element, { width, height }) {
  const svg = element.matches("svg") ? element : element.querySelector("svg");
  const holder = svg.closest("[data-frame]");
  const frame = holder.getAttribute("data-frame");
  const copy = svg.cloneNode(true);
  copy.setAttribute("width", width);
  copy.setAttribute("height", height);
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const context = new OffscreenCanvas(width, height).getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, width, height);
  context.drawImage(image, 40, 40, width - 80, height - 80);
  const { data } = context.getImageData(0, 0, width, height);
  let binary = "";
  for (let i = 0; i < data.length; i += 4) binary += String.fromCharCode(data[i] < 128 ? 0 : 255);
  return { frame, grey: btoa(binary) };
}

/** In the page: waits until another frame is shown. */
function nextFrame(element, frame) {
  const holder = element.closest("[data-frame]") ?? element.querySelector("[data-frame]");
  if (holder.getAttribute("data-frames") === "1") return undefined;
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (holder.getAttribute("data-frame") === frame) return;
      observer.disconnect();
      resolve();
    });
    observer.observe(holder, { attributes: true, attributeFilter: ["data-frame"] });
  });
}
