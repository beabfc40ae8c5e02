// coturn, as docs/OPERATIONS.md sets it up: STUN and TURN over UDP and TCP, with credentials made from a shared secret.
import { spawn } from "node:child_process";
import { join } from "node:path";

const PORT = 3478;
const START_MS = 10_000;

/** Takes one port of `address`; other processes there keep away from it. */
export class TurnServer {
  constructor(program, { address, secret, folder }) {
    this.urls = [`turn:${address}:${PORT}`, `turn:${address}:${PORT}?transport=tcp`];
    this.stun = `stun:${address}:${PORT}`;
    this.program = program;
    this.words = [
      "-n",
      `--listening-ip=${address}`,
      `--relay-ip=${address}`,
      `--listening-port=${PORT}`,
      "--use-auth-secret",
      `--static-auth-secret=${secret}`,
      "--realm=skypod.test",
      "--no-tls",
      "--no-dtls",
      "--no-cli",
      "--log-file=stdout",
      "--verbose",
      `--pidfile=${join(folder, "turn.pid")}`,
      `--userdb=${join(folder, "turn.sqlite")}`,
    ];
  }

  /** Waits until it listens. */
  async start() {
    this.process = spawn(this.program, this.words, { stdio: ["ignore", "pipe", "ignore"] });
    this.log = "";
    await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`coturn did not start in time:\n${this.log}`)), START_MS);
      this.process.stdout.setEncoding("utf8").on("data", (text) => {
        this.log += text;
        if (!/UDP listener opened/.test(this.log) || !/TCP listener opened/.test(this.log)) return;
        clearTimeout(timer);
        resolve();
      });
    });
  }

  stop() {
    this.process.kill("SIGKILL");
  }
}
