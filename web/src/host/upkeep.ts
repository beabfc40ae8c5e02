// The library gives back room while nobody looks: that can take seconds, in which the core answers nothing and seems to
// hang to other tabs.

import type { Core } from "../protocol";
import { isOnlyTab } from "./seat";

/** Lets the core see, each time the last tab is hidden, whether it is worth it. What fails is tried another day. */
export function compactWhenHidden(core: Core): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") void compact(core).catch(() => {});
  });
}

async function compact(core: Core): Promise<void> {
  if (await isOnlyTab()) await core.command("library.compact", { ifWorth: true });
}
