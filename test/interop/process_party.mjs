// A peer that is a program of its own: it is told things by lines of JSON and answers the same way (peer.cpp).
import { spawn } from "node:child_process";
import { once } from "node:events";
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

  /** Asks it to end, which it does by itself; answers its exit code. */
  async close() {
    this.child.stdin.end();
    const [code] = await this.exited;
    return code;
  }
}
