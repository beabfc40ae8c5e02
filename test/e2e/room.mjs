// How much room a page's storage has. Chromium is told; Firefox takes it from a preference for all sites together, of
// which one site has a fifth, and a file of the test's own fills what is more than wanted.
import { inFirefox } from "./browser.mjs";

const FIREFOX_KIB = 400 * 1024; // for all sites
const FILLING_OCTETS_MAX = 1 << 22; // at once

/** Before the device is opened: its storage can be made small. */
export function prepareRoom(device) {
  device.preferences["dom.quotaManager.temporaryStorage.fixedLimit"] = FIREFOX_KIB;
}

/** Leaves the page room for so many octets more than it uses now; null: as much as there was. */
export async function leaveRoom(device, octets) {
  if (inFirefox) await device.page.evaluate(fill, { octets, most: FILLING_OCTETS_MAX });
  else await overrideQuota(device, octets);
}

async function overrideQuota({ context, page }, octets) {
  const { origin } = new URL(page.url());
  const session = await context.newCDPSession(page);
  const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
  const quotaSize = octets === null ? undefined : Math.round(usage) + octets;
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize });
}

/** In the page: a file takes all room but `octets`, or none. */
async function fill({ octets, most }) {
  const folder = await navigator.storage.getDirectory();
  if (octets === null) return folder.removeEntry("filling");
  const file = await folder.getFileHandle("filling", { create: true });
  const { usage, quota } = await navigator.storage.estimate();
  const writer = await file.createWritable();
  for (let left = quota - usage - octets; left > 0; left -= most) {
    await writer.write(new Uint8Array(Math.min(left, most)));
  }
  return writer.close();
}
