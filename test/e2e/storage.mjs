// What the browser says about keeping the library, and what it does when asked to.
import { inFirefox } from "./browser.mjs";
import { look } from "./looks.mjs";
import { found } from "./realms.mjs";
import { scenario } from "./scenario.mjs";

const state = (device, persistent) => device.page.locator(`[data-testid="storage"][data-persistent="${persistent}"]`);

const { server, a, walk } = scenario("a");
const QUESTION = "dom.storageManager.prompt.testing"; // Firefox asks people; this answers for them
a.preferences = { [QUESTION]: true, [`${QUESTION}.allow`]: false };

async function allow() {
  if (inFirefox) {
    await a.close();
    a.preferences[`${QUESTION}.allow`] = true;
    await a.open(`${server.url}/#/devices`);
  } else {
    const session = await a.context.newCDPSession(a.page);
    await session.send("Browser.grantPermissions", { origin: server.url, permissions: ["durableStorage"] });
  }
}

await walk({
  "a fresh browser may delete the library, and says how much of it there is": async () => {
    await found(a, server.url, "Desk");
    await a.at("nav-devices").click();
    await state(a, false)
      .getByText(/used of about/)
      .waitFor();
  },

  "a refusal is explained": async () => {
    await a.at("storage-protect").click();
    await a.at("storage").getByText("refused for now").waitFor();
    await look(a, "storage-refused");
  },

  "an agreement is shown": async () => {
    await allow();
    await a.at("storage-protect").click();
    await state(a, true).getByText("until you delete it yourself").waitFor();
    await look(a, "storage-kept");
  },
});
