// The core's home in the browser: a dedicated worker, which of all tabs' workers is the one that has the library.
// Where a passkey protects this device's key, nothing is opened before the page has brought the passkey's secret.

import type { Commands } from "../protocol";
import type { ToWorker } from "./boundary";
import { Database } from "./database";
import { Host, tell } from "./host";
import { type Identity, loadIdentity, type LockedIdentity, renewIdentity, unlockIdentity } from "./identity";
import { loadCore } from "./wasm_core";

const LOCK = "skypod-library"; // whoever holds it has the database

type Renewal = Commands["identity.renew"][0];

let host: Host | null = null;
let locked: LockedIdentity | null = null;

/** Holds the lock for as long as this worker lives, unless another tab takes it over. */
function holdLock(takeOver: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const options = takeOver ? { steal: true } : { ifAvailable: true };
    const held = navigator.locks.request(LOCK, options, (lock) => {
      resolve(lock !== null);
      return lock ? new Promise(() => {}) : undefined;
    });
    held.catch(() => {
      host?.close();
      host = null;
      locked = null;
      tell({ kind: "elsewhere" });
    });
  });
}

async function start(takeOver: boolean): Promise<void> {
  if (!(await holdLock(takeOver))) {
    tell({ kind: "elsewhere" });
    return;
  }
  const self = await loadIdentity();
  if ("locked" in self) wait(self, false);
  else await run(self);
}

function wait(self: LockedIdentity, refused: boolean): void {
  locked = self;
  tell({ kind: "locked", passkey: self.passkey, refused });
}

async function run(self: Identity): Promise<void> {
  locked = null;
  const [core, database] = await Promise.all([loadCore(), Database.open()]);
  host = new Host(core, database, self);
  tell({ kind: "started" });
  host.start();
}

async function unlock(secret: Uint8Array<ArrayBuffer>): Promise<void> {
  if (!locked) return;
  const waiting = locked;
  const self = await unlockIdentity(waiting, secret).catch(() => null);
  secret.fill(0);
  if (!self) wait(waiting, true);
  else await run(self);
}

/** For who has lost the passkey: the library goes with the identity, as its realm cannot be entered any more. */
async function startOver(): Promise<void> {
  if (!locked) return;
  locked = null;
  await Database.erase();
  await run(await renewIdentity(null));
}

async function renew(id: number, { passkey }: Renewal): Promise<void> {
  if (!host || host.inRealm) {
    const message = "This device belongs to a realm already. Leave it first.";
    tell({ kind: "output", output: { out: "replied", id, error: { status: 409, code: "bad_input", message } } });
    return;
  }
  const core = await loadCore();
  const self = await renewIdentity(passkey);
  passkey?.secret.fill(0);
  host.stop();
  host = new Host(core, host.database, self);
  tell({ kind: "output", output: { out: "replied", id, value: {} } });
  host.start();
}

const failed = (error: Error) => tell({ kind: "failed", message: error.message });

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  switch (data.kind) {
    case "start":
      return void start(data.takeOver).catch(failed);
    case "unlock":
      return void unlock(data.secret).catch(failed);
    case "start-over":
      return void startOver().catch(failed);
    case "input":
      return host?.handle(data.input);
    case "command":
      if (data.name === "identity.renew") return void renew(data.id, data.args as Renewal).catch(failed);
      return host?.handle({ in: "command", id: data.id, name: data.name, args: data.args });
  }
};
