// A peer that is a program of its own: it is told things by lines of JSON and answers the same way (peer.cpp).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

export class ProcessParty {
  constructor(name, command, args) {
    this.name = name;
    this.onEvent = () => {};
    this.child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.exited = once(this.child, "exit");
    createInterface({ input: this.child.stdout }).on("line", (line) => this.onEvent(JSON.parse(line)));
  }

  do(command) {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** CPU time that it has used, in ms (proc(5): fields 14 and 15 of stat, in hundredths of a second). */
  cpuMs() {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(" ");
    return (Number(fields[13]) + Number(fields[14])) * 10;
  }

  /** Asks it to end, which it does by itself; answers its exit code. */
  async close() {
    this.child.stdin.end();
    const [code] = await this.exited;
    return code;
  }
}
