// A browser device as the lies meet it: the web app in real Chromium, used by its screens. What people are told must
// be visible. The same verbs as native_client.mjs.
import { Device } from "../e2e/browser.mjs";

const PATIENCE_MS = 20_000;

export class BrowserClient {
  constructor(folder, name, url) {
    this.name = name;
    this.url = url;
    this.device = new Device(name, folder);
  }

  async start() {
    await this.device.open(this.url);
    await this.device.at("device-name").waitFor();
  }

  async restart() {
    await this.device.page.reload();
    await this.device.at("link-state").waitFor();
  }

  async stop() {
    await this.device.close();
  }

  kill() {
    return this.device.close();
  }

  async found() {
    await this.device.at("device-name").fill(this.name);
    await this.device.at("welcome-start").click();
    await this.online();
    await this.learnId();
  }

  async registration() {
    await this.device.at("device-name").fill(this.name);
    await this.device.at("welcome-join").click();
    return this.device.at("registration-text").inputValue();
  }

  async invitation(registration) {
    await this.device.at("nav-devices").click();
    await this.device.at("add-device").click();
    await this.paste(registration);
    await this.device.at("invite-confirm").click();
    const text = await this.device.at("invitation-text").inputValue();
    return text;
  }

  async join(invitation) {
    await this.paste(invitation);
    await this.device.at("join-confirm").click();
    await this.device.at("feed-url").waitFor();
    await this.learnId();
  }

  async paste(text) {
    await this.device.at("paste-input").fill(text);
    await this.device.at("paste-submit").click();
  }

  async learnId() {
    this.id = await this.device.page.evaluate(storedId);
  }

  online(patienceMs = PATIENCE_MS) {
    const state = this.device.page.locator('[data-testid="link-state"][data-state="online"]');
    return state.waitFor({ timeout: patienceMs });
  }

  async say(text, mode) {
    await this.device.at("nav-messages").click();
    await this.device.at("message-mode").selectOption(mode);
    await this.device.at("message-input").fill(text);
    await this.device.at("message-send").click();
    await this.device.at("message-row").filter({ hasText: text }).first().waitFor();
  }

  async hears(text, patienceMs = PATIENCE_MS) {
    await this.device.at("nav-messages").click();
    await this.device.at("message-row").filter({ hasText: text }).first().waitFor({ timeout: patienceMs });
  }

  async heard(pattern) {
    await this.device.at("nav-messages").click();
    return (await this.device.at("message-row").filter({ hasText: pattern }).count()) > 0;
  }

  /** Whether any message is shown twice. */
  async repeats() {
    await this.device.at("nav-messages").click();
    const texts = await this.device.at("message-row").locator(".text").allInnerTexts();
    return new Set(texts).size < texts.length;
  }

  /** Waits until the list of members, [{id, state, online, current}] as the screen shows it, is as wanted. */
  async members(isWanted, patienceMs = PATIENCE_MS) {
    await this.device.at("nav-devices").click();
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const shown = await this.device.page.getByTestId("peer-row").evaluateAll(readRows);
      if (shown.length > 0 && isWanted(shown)) return shown;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${this.name} shows ${JSON.stringify(shown)}`);
      await this.device.page.evaluate(change, Math.min(left, 1000));
    }
  }

  /** Waits until a person is told, in such words; the person then puts it away. */
  async told(level, pattern, patienceMs = PATIENCE_MS) {
    const notices = this.device.page.locator(`[data-testid="notice"][data-level="${level}"]`, { hasText: pattern });
    const notice = notices.first();
    await notice.waitFor({ timeout: patienceMs });
    await notice.getByRole("button").last().click();
  }

  async remove(id) {
    await this.device.at("nav-devices").click();
    await this.device.page.locator(`[data-peer-id="${id}"]`).getByTestId("remove").click();
    await this.device.at("confirm").click();
    await this.device.page.locator(`[data-peer-id="${id}"]`).waitFor({ state: "detached" });
  }

  async rotate() {
    await this.device.at("nav-devices").click();
    const key = this.device.at("key");
    if (!(await key.evaluate(({ open }) => open))) await key.locator("summary").click();
    const epoch = await key.getAttribute("data-epoch");
    await key.getByTestId("rotate").click();
    await this.device.page.locator(`[data-testid="key"]:not([data-epoch="${epoch}"])`).waitFor();
  }

  /** Waits until the server is said to have refused it, in such words. */
  async refused(pattern) {
    const state = this.device.page.locator('[data-testid="link-state"][data-state="refused"]', { hasText: pattern });
    await state.waitFor();
  }

  async inRealm() {
    await this.device.at("nav-devices").waitFor();
    return (await this.device.at("removed").count()) === 0;
  }

  problems() {
    return this.device.problems;
  }
}

/** In the page: this device's id. */
async function storedId() {
  const settled = (request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const database = await settled(indexedDB.open("skypod-identity"));
  const kept = await settled(database.transaction("identity").objectStore("identity").get("self"));
  database.close();
  return kept.id;
}

/** In the page: the rows of members. */
function readRows(rows) {
  const said = { true: true, false: false };
  return rows.map(({ dataset }) => ({
    id: dataset.peerId,
    state: dataset.state,
    online: said[dataset.online] ?? null,
    current: said[dataset.current] ?? null,
  }));
}

/** In the page: resolves when anything on it changes, at the latest after `patienceMs`. */
function change(patienceMs) {
  return new Promise((resolve) => {
    const done = () => {
      observer.disconnect();
      clearTimeout(timer);
      resolve();
    };
    const observer = new MutationObserver(done);
    observer.observe(document.body, { subtree: true, childList: true, attributes: true });
    const timer = setTimeout(done, patienceMs);
  });
}
