// A native device as the lies meet it: `skypod peer --json`. The same verbs as browser_client.mjs.
import assert from "node:assert/strict";
import { Peer } from "../support/peer.mjs";

export class NativeClient {
  constructor(program, folder, name, url) {
    this.name = name;
    this.peer = new Peer(program, `${folder}/${name}`, ["--server", url, "--name", name]);
  }

  async start() {
    await this.peer.start();
    this.id = this.peer.id;
  }

  async restart() {
    await this.stop();
    await this.peer.start();
  }

  /** Ends it as people do; anything but a good end is a failure. */
  async stop() {
    assert.equal(await this.peer.stop(), 0, `${this.name} ended well`);
  }

  kill() {
    this.peer.process?.kill("SIGKILL");
  }

  found() {
    return this.peer.command("realm.create");
  }

  async registration() {
    return (await this.peer.command("pairing.register")).registration;
  }

  async invitation(registration) {
    return (await this.peer.command("pairing.invite", { registration })).invitation;
  }

  join(invitation) {
    return this.peer.command("pairing.join", { invitation });
  }

  online(patienceMs) {
    return this.peer.online(patienceMs);
  }

  say(text, mode) {
    return this.peer.command("message.send", { text, to: null, mode });
  }

  hears(text, patienceMs) {
    return this.peer.event("message", (message) => message.text === text, patienceMs);
  }

  /** Whether it has told of a message that fits; whatever was waited for with hears() counts no more. */
  async heard(pattern) {
    const fits = this.peer.event("message", ({ text }) => pattern.test(text), 1);
    return fits.then(
      () => true,
      () => false,
    );
  }

  /** Whether it has told a message again that hears() has waited for; every one must have been waited for. */
  repeats() {
    return this.heard(/./);
  }

  /** Waits until the list of members, [{id, self, state, online, current}], is as wanted. */
  async members(isWanted, patienceMs) {
    return (await this.peer.event("peers", ({ peers }) => isWanted(peers), patienceMs)).peers;
  }

  /** Waits until a person is told, in such words. */
  async told(level, pattern, patienceMs) {
    await this.peer.event("notice", (notice) => notice.level === level && pattern.test(notice.text), patienceMs);
  }

  remove(id) {
    return this.peer.command("realm.remove", { id });
  }

  rotate() {
    return this.peer.command("realm.rotate");
  }

  /** Waits until the server is said to have refused it, in such words. */
  async refused(pattern) {
    await this.peer.event("device", ({ link, reason }) => link === "refused" && pattern.test(reason));
  }

  async inRealm() {
    return (await this.peer.event("device")).realm !== null;
  }

  problems() {
    return [];
  }
}
