// The core's home in the browser: every tab has this worker, one of them leads and has the library, and the others
// follow it until they lead themselves.

import type { FromWorker, ToWorker } from "./boundary";
import { loadSqlite } from "./database";
import { Follower } from "./follower";
import { Leader } from "./leader";
import { takeTerm } from "./library_files";
import { Seat } from "./seat";
import { SEATED, Tabs } from "./tabs";

const ENDED_PATIENCE_MS = 5_000; // for the files of a tab that has ended
const HUNG_PATIENCE_MS = 100; // for those of a tab that may only have been slow

const tell = (message: FromWorker) => postMessage(message);
const seat = new Seat(() => tell({ kind: "deposed" }));
const tabs = new Tabs((message) => (leader ?? follower)?.receive(message));
let leader: Leader | null = null;
let follower: Follower | null = null;

async function start(fresh: boolean): Promise<void> {
  if (await seat.takeIfFree()) return lead(ENDED_PATIENCE_MS);
  follower = new Follower(seat.tab, tabs, tell);
  void loadSqlite().catch(() => {}); // it is told when this tab leads
  const patienceMs = await turn(follower, fresh);
  if (patienceMs === null) tell({ kind: "outdated" });
  else await lead(patienceMs);
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

async function lead(patienceMs: number): Promise<void> {
  tabs.say(SEATED);
  leader = new Leader(seat, tabs, tell, await takeTerm());
  await leader.start(follower?.heir ?? null, patienceMs);
}

/** Whoever was deposed while it started has not failed. */
async function failed(error: Error): Promise<void> {
  if (leader && !(await seat.isHeld())) return;
  if (leader) leader.fail(error);
  else tell({ kind: "failed", message: error.message });
}

onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "start") start(data.fresh).catch(failed);
  else if (leader) leader.ask(data, null);
  else follower?.ask(data);
};
