// Whether the browser keeps the library for good, and how much room there is.

import { locale } from "../format";

/** persistent: null where the browser does not say. Sizes in octets; null likewise. */
export interface StorageState {
  persistent: boolean | null;
  used: number | null;
  quota: number | null;
}

const LOW_SHARE = 0.9; // of the quota in use

export async function storageState(): Promise<StorageState> {
  const storage = navigator.storage as StorageManager | undefined; // missing on pages that did not come over https
  const persistent = (await storage?.persisted?.().catch(() => null)) ?? null;
  const estimate = await storage?.estimate?.().catch(() => null);
  return { persistent, used: estimate?.usage ?? null, quota: estimate?.quota ?? null };
}

/** Asks the browser to keep the library when space runs short. It may refuse; the library works all the same. */
export async function keepStorage(): Promise<boolean> {
  const storage = navigator.storage as StorageManager | undefined;
  return (await storage?.persist?.().catch(() => false)) ?? false;
}

export function isLow({ used, quota }: StorageState): boolean {
  return used !== null && quota !== null && quota > 0 && used / quota >= LOW_SHARE;
}

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Octets as people read them, such as 1.5 MB, in the reader's own way of writing them. */
export function size(octets: number): string {
  const at = octets < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(octets) / 3));
  const value = octets / 1000 ** at;
  const style = { style: "unit", unit: UNITS[at]!, maximumFractionDigits: value < 10 && at > 0 ? 1 : 0 } as const;
  return new Intl.NumberFormat(locale(), style).format(value);
}
