// The program's own code behind a pipe (reading_answers.cpp), and what the corpora need to be read.
import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const CORPORA = fileURLToPath(new URL("../../../../shared/corpora/", import.meta.url));

/** Every file below a folder whose name matches, in a fixed order; none if the folder is absent. */
export function filesBelow(folder, pattern = /./) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** A running reading_answers: a question in, its answer out, in order. */
export class Answers {
  constructor(program) {
    this.process = spawn(program, [], { stdio: ["pipe", "pipe", "inherit"] });
    this.lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
    this.process.stdin.on("error", () => {}); // said better by the line that does not come
  }

  async ask(question) {
    this.process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.lines.next();
    if (done) throw new Error(`the program ended at ${JSON.stringify(question).slice(0, 300)}`);
    return JSON.parse(value);
  }

  stop() {
    this.process.stdin.end();
  }
}
