// Installing skypod as an app, where the browser offers it. It does so once, early, so the offer is kept.

import { signal } from "@preact/signals";

/** What browsers of the Chromium family tell a page that can be installed. */
interface InstallOffer extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

/** Asks the person; null while the browser offers nothing, or once it is installed. */
export const install = signal<(() => Promise<void>) | null>(null);

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
