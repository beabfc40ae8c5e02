// The ways to a feed in a real browser: by itself, by a native peer of the realm, by the server; and what the server is
// asked for meanwhile, as seen by a witness before it.
//
//   node ladder.mjs SKYPOD FOLDER     keeps screenshots and profiles in FOLDER; VERBOSE=1 prints the consoles
import assert from "node:assert/strict";
import { join } from "node:path";
import { Peer, run } from "../support/peer.mjs";
import { look } from "./looks.mjs";
import { PICTURE, startPublisher } from "./publisher.mjs";
import { found, inspect, invitation } from "./realms.mjs";
import { scenario } from "./scenario.mjs";
import { tone } from "./servers.mjs";
import { startWitness } from "./witness.mjs";

const SECRET = "token=k3yk3yk3yk3y";
// As its publisher wrote it: nothing of it may run, and its addresses are relative.
const RAW = `<rss version="2.0"><channel><title>Raw</title><item><guid>1</guid>
<title>Unwashed</title><description><![CDATA[<p>Raw notes with <a href="notes/2">a link</a> and
<a href="javascript:document.title='owned'">no link</a>.</p><script>document.title="owned"</script>
<img src="x" onerror="document.title='owned'"><img alt="The shore" src="/picture.png">]]></description></item></channel>
</rss>`;
const LOGIN = "ann@mail.example:s3:cret ü";
const MEMBERS_S = 120; // seconds of each episode: several pieces, as a page gets at them
const episode = (title, address, extra = "") =>
  `<item><guid>${title}</guid><title>${title}</title><enclosure url="${address}" type="audio/wav" length="1"/>${extra}
</item>`;
const members = (base, other) => `<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel>
<title>For members</title><image><url>${base}/members/picture.png?shared</url></image>
${episode(
  "Only here",
  `${base}/members/open.wav?shared`,
  `<podcast:transcript url="${base}/members/words.vtt?shared" type="text/vtt"/>`,
)}
${episode("Kept close", `${base}/members/close.wav`)}
${episode("Moved away", `${base}/members/moved.wav?shared`)}
${episode("Elsewhere", `${other}/elsewhere.wav`)}</channel></rss>`;
const { server, folder, a, walk } = scenario("a");
const publisher = await startPublisher(folder);
const elsewhere = await startPublisher(folder);
let witness;
const data = join(folder, "attic");
const attic = new Peer(process.argv[2], data, ["--allow-fetch", "127.0.0.0/8"]);
process.once("exit", () => attic.process?.kill("SIGKILL"));

const rows = () => a.at("subscription-row");
const add = async (address) => {
  await a.at("nav-library").click();
  await a.at("feed-url").fill(address);
  await a.at("feed-add").click();
};
/** Opens the settings of the feed of that title, and answers what is said of its way. */
const wayOf = async (title) => {
  await a.at("nav-library").click();
  await rows().filter({ hasText: title }).locator("a").first().click();
  await a.at("feed-settings").click();
  const way = a.at("feed-way");
  return { way: await way.getAttribute("data-way"), words: await way.innerText() };
};
const refusedLogin = async () => {
  await a.page.getByRole("alert").filter({ hasText: "wants a name and password, or does not take these" }).waitFor();
  await a.at("feed-login-password").waitFor();
};
/** What only members get, and what stands elsewhere. */
const publishForMembers = () => {
  const sound = { type: "audio/wav", body: tone(MEMBERS_S) };
  const { documents, logins, moved } = publisher;
  documents.set("/members.xml", { type: "application/rss+xml", body: members(publisher.url, elsewhere.url) });
  documents.set("/members/picture.png", { type: "image/png", body: PICTURE });
  documents.set("/members/words.vtt", { type: "text/vtt", body: "WEBVTT\n\n00:00.000 --> 00:30.000\nWords.\n" });
  for (const path of ["/members/open.wav", "/members/close.wav"]) documents.set(path, sound);
  moved.set("/members/moved.wav", `${elsewhere.url}/elsewhere.wav?shared`);
  for (const path of [...documents.keys(), ...moved.keys()]) {
    if (path.startsWith("/members")) logins.set(path, LOGIN);
  }
  elsewhere.documents.set("/elsewhere.wav", sound);
};
const openMembers = async () => {
  await a.at("nav-library").click();
  await rows().filter({ hasText: "For members" }).locator("a").first().click();
  await a.at("episode-row").first().waitFor();
};
const row = (title) => a.at("episode-row").filter({ hasText: title });
const reaches = (seconds) =>
  a.page.waitForFunction((least) => document.querySelector("audio").currentTime >= least, seconds);
const playMembers = async (title) => {
  await openMembers();
  await row(title).getByTestId("episode-play").click();
  await reaches(1);
};
/** Plays on from there, and stops. */
const playsFrom = async (seconds) => {
  await a.page.evaluate((to) => {
    const sound = document.querySelector("audio");
    sound.currentTime = to;
    return sound.play();
  }, seconds);
  await a.page.waitForFunction((least) => {
    const { currentTime, seeking } = document.querySelector("audio");
    return !seeking && currentTime >= least && currentTime < least + 15;
  }, seconds + 1);
  await a.at("player-toggle").click();
  await a.page.locator('[data-testid="player"][data-playing="false"]').waitFor();
};
const keep = async (title) => {
  await openMembers();
  await row(title).locator("h2 a").click();
  await a.at("episode-keep").click();
  await a.at("kept").waitFor();
};
/** Nobody but the members' host was told the login, and the server nothing at all. */
const loginIsKept = () => {
  assert.deepEqual(witness.asked("members/"), []);
  assert.deepEqual(witness.asked("elsewhere"), []);
  assert.deepEqual(witness.asked("asked/"), []);
  assert.deepEqual(elsewhere.visits.filter(({ login }) => login !== undefined), []);
  const told = publisher.visits.filter(({ login }) => login !== undefined);
  assert.deepEqual(told.filter(({ address }) => !address.startsWith("/members")), []);
};
const programsFor = (part) =>
  publisher.visits.filter(({ address }) => address.includes(part)).map(({ program }) => program);

async function joinAttic() {
  const options = ["--json", "--server", witness.url, "--name", "Attic", "--data", data];
  const shown = await run(process.argv[2], ["realm", "join", ...options]);
  await inspect(a, JSON.parse(shown.output).link);
  const joined = await run(process.argv[2], ["realm", "join", await invitation(a), "--json", "--data", data]);
  assert.equal(joined.code, 0, joined.errors);
  await a.at("invite-joined").waitFor();
  await a.at("invite-done").click();
  await attic.start();
  await attic.peers(1);
  await a.at("nav-devices").click();
  await a.page.locator('[data-testid="peer-row"][data-state="connected"]').waitFor();
}

await walk({
  "a feed that its host shares is read by the browser itself": async () => {
    witness = await startWitness(server);
    await found(a, witness.url, "Desk");
    await add(`${publisher.url}/many.xml?n=3&name=Open&shared`);
    await rows().filter({ hasText: "Open" }).waitFor();
    const { way, words } = await wayOf("Open");
    assert.equal(way, "direct");
    assert.match(words, /This device fetched it itself/);
    await a.at("episode-row").nth(2).waitFor();
    assert.deepEqual(witness.asked("/api/feed"), []);
    assert.equal(programsFor("name=Open").filter((program) => !program.startsWith("Mozilla/")).length, 0);
    await look(a, "feed-settings");
  },

  "what it has read itself is made safe here, and leads where its publisher meant it to": async () => {
    publisher.documents.set("/raw.xml", { type: "application/rss+xml", body: RAW });
    await add(`${publisher.url}/raw.xml?shared`);
    assert.equal((await wayOf("Raw")).way, "direct");
    await a.at("episode-row").filter({ hasText: "Unwashed" }).locator("h2 a").click();
    const prose = a.at("prose");
    await prose.getByText("Raw notes").waitFor();
    assert.equal(await prose.getByText("a link", { exact: true }).getAttribute("href"), `${publisher.url}/notes/2`);
    assert.equal(await prose.getByText("no link").getAttribute("href"), null);
    await prose.getByAltText("The shore").waitFor();
    await witness.untilAsked("/api/image", `${publisher.url}/picture.png`);
    assert.notEqual(await a.page.title(), "owned");
  },

  "one that it does not share comes by the server": async () => {
    await add(`${publisher.url}/many.xml?n=3&name=Closed`);
    await rows().filter({ hasText: "Closed" }).waitFor();
    assert.equal((await wayOf("Closed")).way, "server");
    assert.equal(witness.asked("/api/feed").length, 1);
  },

  "of a private one the server hears nothing, and people are told what to do": async () => {
    await add(`${publisher.url}/blog.xml?${SECRET}`);
    await a.page.getByRole("alert").filter({ hasText: "This feed is private" }).waitFor();
    await a.page.getByRole("alert").filter({ hasText: "skypod peer" }).waitFor();
    await a.at("feed-allow").waitFor();
    assert.equal(await rows().count(), 3);
    assert.deepEqual(witness.asked(SECRET), []);
    await look(a, "private");
    await a.at("feed-private").check();
    await add(`${publisher.url}/many.xml?n=3&name=Hidden`);
    await a.page.getByRole("alert").filter({ hasText: "This feed is private" }).waitFor();
    assert.deepEqual(witness.asked("name=Hidden"), []);
    await a.at("feed-private").uncheck();
  },

  "a feed that wants a name and password asks for them, and tells them to its host only": async () => {
    publishForMembers();
    await add(`${publisher.url}/members.xml?shared`);
    await refusedLogin();
    await a.at("feed-login-name").fill("ann@mail.example");
    await a.at("feed-login-password").fill("a guess");
    await a.at("feed-add").click();
    await a.at("feed-login-password").fill("s3:cret ü");
    await look(a, "login");
    await a.at("feed-add").click();
    await rows().filter({ hasText: "For members" }).waitFor();
    const { way, words } = await wayOf("For members");
    assert.equal(way, "direct");
    assert.match(words, /Private/);
    assert.match(await a.at("feed-login").innerText(), /sign in as ann@mail\.example/);
    assert.doesNotMatch(await a.page.content(), /s3:cret|s3%3A/);
    await a.page.getByRole("button", { name: "Refresh" }).click();
    await a.at("episode-row").filter({ hasText: "Only here" }).waitFor();
    assert.deepEqual(witness.asked("/members.xml"), []);
  },

  "its sound, picture and transcript are the browser's for the same login": async () => {
    await a.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await playMembers("Only here");
    await a.page.locator('main img[src^="data:image/"]').first().evaluate((image) => image.decode());
    await a.at("player-open").click();
    await a.at("transcript-line").filter({ hasText: "Words." }).waitFor();
    await playsFrom(100);
    await playsFrom(20);
    await keep("Only here");
    assert.ok(programsFor("/members/").every((program) => program.startsWith("Mozilla/")));
    loginIsKept();
  },

  "what no page may read says what to do, and what stands elsewhere gets no login": async () => {
    for (const title of ["Kept close", "Moved away"]) {
      await openMembers();
      await row(title).getByTestId("episode-play").click();
      await a.page.getByText("which fetches it for this device").first().waitFor();
    }
    await look(a, "members-closed");
    await playMembers("Elsewhere");
    await playsFrom(60);
    loginIsKept();
  },

  "where its host lets no page in, it says what to do": async () => {
    await add(`${publisher.url.replace("//", "//ann:x@")}/members.xml`);
    await a.page.getByRole("alert").filter({ hasText: "takes them from no browser" }).waitFor();
    assert.equal(await a.at("feed-allow").count(), 0);
    assert.deepEqual(witness.asked("/members.xml"), []);
  },

  "a native peer fetches it for the browser": async () => {
    await joinAttic();
    const before = programsFor(SECRET).length;
    await add(`${publisher.url}/blog.xml?${SECRET}`);
    await rows().filter({ hasText: "Shore Notes" }).waitFor();
    const { way, words } = await wayOf("Shore Notes");
    assert.equal(way, "peer");
    assert.match(words, /Private/);
    assert.match(words, /Another of your devices fetched it/);
    assert.ok(programsFor(SECRET).slice(before).some((program) => program.startsWith("skypod/")));
    assert.deepEqual(witness.asked(SECRET), []);
  },

  "and one with a password, which it is told by the browser": async () => {
    await add(`${publisher.url.replace("//", "//ann%40mail.example:wrong@")}/members.xml`);
    await refusedLogin();
    await add(`${publisher.url.replace("//", "//ann%40mail.example:s3%3Acret%20%C3%BC@")}/members.xml`);
    await rows().filter({ hasText: "For members" }).nth(1).waitFor();
    const shown = await a.page.content();
    assert.doesNotMatch(shown, /s3:cret|s3%3A/);
    assert.deepEqual(witness.asked("/members.xml"), []);
    await wayOf("Shore Notes");
  },

  "the peer fetches also what no page may read, piece by piece": async () => {
    for (const title of ["Kept close", "Moved away"]) {
      await playMembers(title);
      await playsFrom(100);
    }
    await keep("Kept close");
    for (const path of ["/members/close.wav", "/members/moved.wav"]) {
      assert.ok(programsFor(path).some((program) => program.startsWith("skypod/")), path);
    }
    loginIsKept();
  },

  "nothing that it refers to is asked of the server either": async () => {
    await wayOf("Shore Notes");
    const before = witness.asked("/api/").length;
    const artwork = a.page.locator(`img[src="${publisher.url}/picture.png"]`).first();
    await artwork.evaluate((image) => image.decode());
    await a.at("episode-row").filter({ hasText: "Notes from the shore, 3" }).locator("h2 a").click();
    await a.at("prose").getByText("The beginning of note 3.").waitFor();
    await a.at("full-text").click();
    await a.page.getByRole("alert").filter({ hasText: "This feed is private" }).waitFor();
    assert.equal(witness.asked("/api/").length, before);
    assert.equal(publisher.requests.get("/post/3"), undefined);
  },

  "with a native peer there, the server is not asked for new feeds": async () => {
    await add(`${publisher.url}/many.xml?n=3&name=Another`);
    await rows().filter({ hasText: "Another" }).waitFor();
    assert.equal((await wayOf("Another")).way, "peer");
    assert.deepEqual(witness.asked("name=Another"), []);
  },

  "people may call any feed private, and the other way round": async () => {
    await wayOf("Another");
    await a.at("feed-reach").selectOption("realm");
    await a.at("feed-way").getByText("Private").waitFor();
    await wayOf("Shore Notes");
    await a.at("feed-reach").selectOption("everyone");
    await a.at("feed-way").getByText("The server may be asked for it.").waitFor();
    await a.page.getByText("Notes from the shore, 3").first().click();
    await a.at("full-text").click();
    await a.at("prose").getByText("The very last words.").waitFor();
    assert.equal(witness.asked("/api/article").length, 1);
  },

  "without the peer a private feed says why it stands still": async () => {
    assert.equal(await attic.stop(), 0);
    await a.at("nav-devices").click();
    await a.page.locator('[data-testid="peer-row"][data-state="connected"]').waitFor({ state: "detached" });
    await wayOf("Another");
    await a.page.getByRole("button", { name: "Refresh" }).click();
    await a.page.locator("header p.problem").filter({ hasText: "Last refresh failed: This feed is private" }).waitFor();
    assert.deepEqual(witness.asked("name=Another"), []);
  },
});
