// What every walk through the app in real browsers begins and ends with: the real server, browsers with profiles of
// their own, named steps, and on failure a picture of each page.
//
//   node FILE.mjs SKYPOD FOLDER     keeps screenshots and profiles in FOLDER; VERBOSE=1 prints the consoles
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Device } from "./browser.mjs";
import { Skypod } from "./servers.mjs";

/** Runs `walk` with {server, folder, device(name), step(name, work)} and ends the process: 0 if all of it held. */
export async function scenario(walk) {
  const [program, folder] = process.argv.slice(2);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const server = new Skypod(program, join(folder, "server"));
  const devices = [];
  const device = (name) => {
    devices.push(new Device(name, folder));
    return devices.at(-1);
  };
  const steps = stepper();
  try {
    await server.start();
    await walk({ server, folder, device, step: steps.step });
    assert.deepEqual(devices.flatMap(({ problems }) => problems), [], "errors on the pages");
    console.log(`${steps.done.length} steps passed; screenshots in ${join(folder, "screenshots")}`);
  } catch (error) {
    await Promise.allSettled(devices.map((one) => one.shot("failed")));
    console.log(`FAILED after ${steps.done.at(-1) ?? "nothing"}: ${error.stack}`);
    for (const problem of devices.flatMap(({ problems }) => problems)) console.log(`page error: ${problem}`);
    process.exitCode = 1;
  } finally {
    await Promise.allSettled(devices.map((one) => one.close()));
    await server.stop().catch(() => {});
    process.exit();
  }
}

function stepper() {
  const began = Date.now();
  const done = [];
  const step = async (name, work) => {
    const result = await work();
    done.push(name);
    console.log(`ok ${done.length} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    return result;
  };
  return { done, step };
}
