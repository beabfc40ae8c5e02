// The process behind a page, which can be stopped, continued and killed like any other.

const BUSY_MS = 300;

/** The process id of the page's renderer: the one that works while the page does. */
export async function rendererOf({ context, page }) {
  const session = await context.browser().newBrowserCDPSession();
  const times = async () => {
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    return new Map(processInfo.filter(({ type }) => type === "renderer").map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await times();
  await page.evaluate((ms) => {
    const end = performance.now() + ms;
    while (performance.now() < end);
  }, BUSY_MS);
  const after = await times();
  await session.detach();
  const spent = (id) => after.get(id) - (before.get(id) ?? 0);
  return [...after.keys()].sort((a, b) => spent(b) - spent(a))[0];
}
