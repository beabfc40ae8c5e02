// A tab of the test's own: in a page it speaks to the leading tab as the other tabs' workers do (web/src/host/tabs.ts),
// so that it can ask without pause and note exactly what was acknowledged.

const DEADLINE_MS = 20_000;

/** Puts the client into a page. */
export async function installClient(device) {
  await device.page.evaluate(() => {
    const channel = new BroadcastChannel("skypod-tabs");
    const tab = crypto.randomUUID();
    const waiting = new Map();
    let term = 0;
    let lastId = 0;
    const heard = { term: () => {}, at: 0 };
    const send = (id) => channel.postMessage({ kind: "ask", term, tab, message: waiting.get(id).message });
    channel.onmessage = ({ data }) => {
      if (data.kind === "beat" && data.term > term) {
        term = data.term;
        channel.postMessage({ kind: "hello", tab });
      }
      if (data.kind !== "tell" || data.term !== term || (data.tab !== null && data.tab !== tab)) return;
      if (data.message.kind === "started") {
        heard.at = performance.timeOrigin + performance.now();
        for (const id of waiting.keys()) send(id);
      }
      const { output } = data.message;
      if (output?.out !== "replied") return;
      const asked = waiting.get(output.id);
      waiting.delete(output.id);
      if (output.error) asked?.reject(new Error(output.error.message));
      else asked?.resolve(output.value);
    };
    const ask = (name, args) =>
      new Promise((resolve, reject) => {
        const id = ++lastId;
        waiting.set(id, { message: { kind: "command", id, name, args }, resolve, reject });
        if (term > 0) send(id);
      });
    let writing = false;
    const acknowledged = [];
    let serial = 0;
    /** Writes settings one after another until it is told to stop. */
    const write = async () => {
      for (writing = true; writing; ) {
        const name = `probe-${serial++}`;
        await ask("settings.set", { name, value: serial, everywhere: true });
        acknowledged.push(name);
      }
    };
    let ended;
    const client = {
      ask,
      begin: () => void (ended = write()),
      end: () => ((writing = false), ended),
      acknowledged: () => acknowledged.length,
      lost: async () => {
        const { everywhere } = await ask("settings.list", {});
        return acknowledged.filter((name) => !(name in everywhere));
      },
      term: () => term,
      startedAt: () => heard.at,
    };
    window.testTab = client;
    // A tab that ends lets go of a lock of its name, which tells the leader; see web/src/host/seat.ts.
    void navigator.locks.request(`skypod-tab-${tab}`, () => new Promise(() => {}));
    channel.postMessage({ kind: "hello", tab });
    return new Promise((resolve) => {
      const look = setInterval(() => heard.at > 0 && resolve(clearInterval(look)), 20);
    });
  });
}

/** Asks the core by way of that page's client. */
export function ask(device, name, args = {}) {
  return device.page.evaluate(([name, args]) => window.testTab.ask(name, args), [name, args]);
}

/** Begins to write without pause. */
export async function beginWriting(device) {
  await device.page.evaluate(() => window.testTab.begin());
  await writtenMore(device, 5);
}

/** Waits for so many more acknowledged writes. */
export async function writtenMore(device, count) {
  const before = await device.page.evaluate(() => window.testTab.acknowledged());
  await until(device, (least) => window.testTab.acknowledged() >= least, before + count);
}

/** Ends it; answers how many writes were acknowledged, and which of them the library does not have. */
export async function endWriting(device) {
  await device.page.evaluate(() => window.testTab.end());
  return device.page.evaluate(async () => ({
    acknowledged: window.testTab.acknowledged(),
    lost: await window.testTab.lost(),
  }));
}

/** The leader's term, and when its core answered first, in milliseconds since 1970. */
export function leadership(device) {
  return device.page.evaluate(() => ({ term: window.testTab.term(), startedAt: window.testTab.startedAt() }));
}

/** Waits for a leader after that one. */
export async function nextLeader(device, { startedAt }) {
  await until(device, (before) => window.testTab.startedAt() > before, startedAt);
  return leadership(device);
}

/** In the page: waits until `holds` of `value`. */
async function until(device, holds, value) {
  const end = performance.now() + DEADLINE_MS;
  while (!(await device.page.evaluate(holds, value))) {
    if (performance.now() > end) throw new Error(`not within ${DEADLINE_MS} ms: ${holds}`);
    await device.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)));
  }
}
