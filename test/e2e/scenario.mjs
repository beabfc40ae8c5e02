// What every walk through the app in real browsers begins and ends with: the real server, browsers with profiles of
// their own, named steps, and on failure a picture of each page.
//
//   node FILE.mjs SKYPOD FOLDER     keeps screenshots and profiles in FOLDER; VERBOSE=1 prints the consoles
import assert from "node:assert/strict";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Device } from "./browser.mjs";
import { Skypod } from "./servers.mjs";

/** {server, folder, walk(steps)} and a browser under each of `names`. */
export function scenario(...names) {
  const [program, folder] = process.argv.slice(2);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const server = new Skypod(program, join(folder, "server"));
  const devices = names.map((name) => new Device(name, folder));
  const walk = (steps) => run({ server, devices, steps });
  return { server, folder, walk, ...Object.fromEntries(devices.map((device) => [device.name, device])) };
}

/** Takes the steps, {name: function} in order, and ends the process: 0 if all of them held. */
async function run({ server, devices, steps }) {
  let last = "nothing";
  try {
    await server.start();
    const began = Date.now();
    for (const [name, work] of Object.entries(steps)) {
      await work();
      last = name;
      console.log(`ok ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
    }
    assert.deepEqual(problems(devices), [], "errors on the pages");
    console.log(`${Object.keys(steps).length} steps passed; screenshots in ${devices[0].shots}`);
  } catch (error) {
    await Promise.allSettled(devices.map((device) => device.shot("failed")));
    console.log(`FAILED after ${last}: ${error.stack}`);
    for (const problem of problems(devices)) console.log(`page error: ${problem}`);
    process.exitCode = 1;
  } finally {
    await Promise.allSettled(devices.map((device) => device.close()));
    await server.stop().catch(() => {});
    process.exit();
  }
}

function problems(devices) {
  return devices.flatMap((device) => device.problems);
}
