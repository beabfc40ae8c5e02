// The core's home in the browser: every tab has this worker, one of them leads and has the library, and the others
// follow it until they lead themselves.

import type { FromWorker, ToWorker } from "./boundary";
import { loadSqlite } from "./database";
import { Follower } from "./follower";
import { Leader } from "./leader";
import { takeTerm } from "./library_files";
import { Seat } from "./seat";
import { SEATED, Tabs } from "./tabs";
import { compileCore } from "./wasm_core";

const ENDED_PATIENCE_MS = 5_000; // for the files of a tab that has ended
const HUNG_PATIENCE_MS = 100; // for those of a tab that may only have been slow

const tell = (message: FromWorker) => postMessage(message);
const tabs = new Tabs((message) => (leader ?? follower)?.receive(message));
const seat = new Seat(() => begin(false));
let leader: Leader | null = null;
let follower: Follower | null = null;
let round = 0; // counts how often this worker has begun

/** Begins, anew when another tab has taken the seat. This worker goes on: the files for another may be gone. */
function begin(fresh: boolean): void {
  if (leader) tell({ kind: "deposed" });
  leader?.close();
  leader = null;
  follower = null;
  const mine = ++round;
  start(fresh, mine).catch((error: Error) => (mine === round ? failed(error) : undefined));
}

async function start(fresh: boolean, mine: number): Promise<void> {
  if (await seat.takeIfFree()) return lead(ENDED_PATIENCE_MS, mine);
  follower = new Follower(seat.tab, tabs, tell);
  for (const load of [loadSqlite, compileCore]) void load().catch(() => {}); // it is told when this tab leads
  const patienceMs = await turn(follower, fresh);
  if (patienceMs === null) tell({ kind: "outdated" });
  else await lead(patienceMs, mine);
}

/** Waits until this tab has the seat; answers the patience that it needs. Null: it must never lead. */
async function turn(follower: Follower, fresh: boolean): Promise<number | null> {
  const waiting = new AbortController();
  const inTurn = seat.queue(waiting.signal);
  const otherBuild = follower.otherBuild.then(() => "otherBuild" as const);
  const first = await Promise.race([inTurn, follower.silent, otherBuild]);
  waiting.abort();
  if (await inTurn) return ENDED_PATIENCE_MS;
  if (first === "otherBuild" && !fresh) return null;
  await seat.steal();
  return HUNG_PATIENCE_MS;
}

async function lead(patienceMs: number, mine: number): Promise<void> {
  tabs.say(SEATED);
  const place = await takeTerm();
  if (mine !== round) return; // the seat was taken at once
  leader = new Leader(seat, tabs, tell, place);
  await leader.start(follower?.heir ?? null, patienceMs);
}

/** Whoever is being deposed has not failed. */
async function failed(error: Error): Promise<void> {
  if (!leader) tell({ kind: "failed", message: error.message });
  else if (await seat.isHeld()) leader?.fail(error);
}

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "start") begin(data.fresh);
  else if (leader) leader.ask(data, null);
  else follower?.ask(data);
};
