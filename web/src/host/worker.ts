// The core's home in the browser: a dedicated worker, which of all tabs' workers is the one that has the library.

import type { ToWorker } from "./boundary";
import { Database } from "./database";
import { Host, tell } from "./host";
import { loadIdentity } from "./identity";
import { loadCore } from "./wasm_core";

const LOCK = "skypod-library"; // whoever holds it has the database

let host: Host | null = null;

/** Holds the lock for as long as this worker lives, unless another tab takes it over. */
function holdLock(takeOver: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const options = takeOver ? { steal: true } : { ifAvailable: true };
    const held = navigator.locks.request(LOCK, options, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
    held.catch(() => {
      host?.stop();
      host = null;
      tell({ kind: "elsewhere" });
    });
  });
}

async function start(takeOver: boolean): Promise<void> {
  if (!(await holdLock(takeOver))) {
    tell({ kind: "elsewhere" });
    return;
  }
  const [core, database, self] = await Promise.all([loadCore(), Database.open(), loadIdentity()]);
  host = new Host(core, database, self);
  tell({ kind: "started" });
  host.start();
}

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "start") {
    start(data.takeOver).catch((error: Error) => tell({ kind: "failed", message: error.message }));
  } else if (data.kind === "input") {
    host?.handle(data.input);
  } else {
    host?.handle({ in: "command", id: data.id, name: data.name, args: data.args });
  }
};
