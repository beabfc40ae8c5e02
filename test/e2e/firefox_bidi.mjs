#!/usr/bin/env node
// Firefox as Playwright starts it. Playwright speaks WebDriver BiDi as its newest draft has it, and begins with a
// command that Debian's Firefox does not know yet; that one is answered here, everything else is passed on.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const { WebSocket, WebSocketServer } = require("ws");

const FIREFOX = "/usr/bin/firefox-esr";
const UNKNOWN = new Set(["emulation.setMediaFeaturesOverride"]);
const LISTENING = /^WebDriver BiDi listening on (ws:.*)$/;

const firefox = spawn(FIREFOX, process.argv.slice(2), { stdio: ["ignore", "inherit", "pipe"] });
firefox.on("exit", (code) => process.exit(code ?? 1));
process.on("SIGTERM", () => firefox.kill());

createInterface({ input: firefox.stderr }).on("line", (line) => {
  const address = LISTENING.exec(line)?.[1];
  if (address) listen(address);
  else console.error(line);
});

/** Says where Playwright finds Firefox: here. */
function listen(address) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("listening", () => {
    console.error(`WebDriver BiDi listening on ws://127.0.0.1:${server.address().port}`);
  });
  server.on("connection", (client, { url }) => connect(client, new WebSocket(address + url)));
}

function connect(client, browser) {
  const open = new Promise((resolve) => browser.once("open", resolve));
  client.on("message", async (data) => {
    const { id, method } = JSON.parse(data);
    if (UNKNOWN.has(method)) return client.send(JSON.stringify({ type: "success", id, result: {} }));
    await open;
    browser.send(data.toString());
  });
  browser.on("message", (data) => client.send(data.toString()));
  browser.on("close", () => client.close());
  client.on("close", () => browser.close());
}
