// Installing skypod as an app, where the browser offers it. It does so once, early, so the offer is kept.

import { signal } from "@preact/signals";

/** What browsers of the Chromium family tell a page that can be installed. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

const PUT_OFF = "skypod-install-put-off";

/** Asks the person; null while the browser offers nothing, or once it is installed. */
export const install = signal<(() => Promise<void>) | null>(null);

/** Whether the person does not want to be asked any more; the settings offer it all the same. */
export const isPutOff = signal(wasPutOff());

/** Keeps the browser's offer from now on. */
export function watchInstallOffer(): void {
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    install.value = async () => {
      const { outcome } = await (event as InstallOffer).prompt();
      if (outcome === "accepted") install.value = null;
    };
  });
  window.addEventListener("appinstalled", () => (install.value = null));
}

export function putOff(): void {
  isPutOff.value = true;
  try {
    localStorage.setItem(PUT_OFF, "1");
  } catch {
    return; // storage may be refused: then it is asked again the next time
  }
}

function wasPutOff(): boolean {
  try {
    return localStorage.getItem(PUT_OFF) !== null;
  } catch {
    return false;
  }
}

/** How people install it where the browser does not offer it by itself. */
export type InstallWay = "installed" | "share" | "menu" | "never";

/** `browser`: what of `window` and `navigator` tells. */
export function installWay(browser: { userAgent: string; isStandalone: boolean; hasShareSheet: boolean }): InstallWay {
  if (browser.isStandalone) return "installed";
  if (browser.hasShareSheet) return "share";
  const isDesktopFirefox = /Firefox\//.test(browser.userAgent) && !/Android/.test(browser.userAgent);
  return isDesktopFirefox ? "never" : "menu";
}

/** The same for the browser at hand. Safari on phones has `standalone`, and installs from its share sheet. */
export function installWayHere(): InstallWay {
  return installWay({
    userAgent: navigator.userAgent,
    isStandalone: window.matchMedia("(display-mode: standalone)").matches,
    hasShareSheet: "standalone" in navigator,
  });
}
