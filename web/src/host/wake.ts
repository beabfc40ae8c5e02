// When the network may have changed or the device has slept: then nothing that was open is to be trusted before it has
// answered, and whatever waits for its next attempt may try at once.

const CHECK_MS = 5_000;
const ASLEEP_MS = 15_000; // a timer that is so late was stopped

/** Calls `wake` on each such occasion, until the page ends. */
export function onWake(wake: () => void): void {
  window.addEventListener("online", wake);
  window.addEventListener("offline", wake);
  window.addEventListener("pageshow", ({ persisted }) => persisted && wake());
  document.addEventListener("resume", wake);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && wake());
  let lastMs = Date.now();
  setInterval(() => {
    const nowMs = Date.now();
    if (nowMs - lastMs > CHECK_MS + ASLEEP_MS) wake();
    lastMs = nowMs;
  }, CHECK_MS);
}
