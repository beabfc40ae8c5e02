// docs/BENCHMARKS.md is made of sections, each written whole by the command that measures it.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const FILE = new URL("../docs/BENCHMARKS.md", import.meta.url);
const HEAD = `# Measured

Each section was written by the command that it names, on the machine that it names. Figures of other machines differ;
run the command on yours.
`;

/** A Markdown table of rows, each an object by column; numbers are aligned to the right. */
export function table(rows) {
  const columns = Object.keys(rows[0]);
  const isNumber = (column) => rows.every((row) => /^[\d.,–< ]+( [\w×]+)?$/.test(String(row[column])));
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [
    line(columns),
    line(columns.map((column) => (isNumber(column) ? "--:" : "---"))),
    ...rows.map((row) => line(columns.map((column) => row[column]))),
  ].join("\n");
}

/** A whole number as people write it: 1,234,567. */
export const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");

/** A table of rates by name: how many, and how many times as fast `ours` is. */
export function comparison(rates, unit, ours) {
  const rows = Object.entries(rates).map(([name, rate]) => ({
    "": name,
    [unit]: rate.toFixed(1),
    [`${ours} is`]: `${(rates[ours] / rate).toFixed(1)} ×`,
  }));
  return table(rows);
}

function machine() {
  const model = cpus()[0].model.trim();
  return `${cpus().length} × ${model || "processor"}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}

/** The commit, and whether anything but the file of results differs from it. */
function version() {
  const options = { cwd: new URL("..", import.meta.url), encoding: "utf8" };
  const git = (...args) => execFileSync("git", args, options).trim();
  const differs = git("diff", "--name-only", "HEAD", "--", ".", ":!docs/BENCHMARKS.md") !== "";
  return git("describe", "--always") + (differs ? "-dirty" : "");
}

/** Writes the section of that title, in place of the one before it; `command` is what measured it. */
export function section(title, command, text) {
  const before = existsSync(FILE) ? readFileSync(FILE, "utf8") : HEAD;
  const day = new Date().toISOString().slice(0, 10);
  const whole = `## ${title}\n\n\`${command}\`, ${day}, ${version()}, ${machine()}\n\n${text.trim()}\n`;
  const [head, ...sections] = before.split(/^(?=## )/m);
  const others = sections.filter((each) => !each.startsWith(`## ${title}\n`));
  const at = sections.findIndex((each) => each.startsWith(`## ${title}\n`));
  others.splice(at < 0 ? others.length : at, 0, whole);
  writeFileSync(FILE, `${[head, ...others].map((part) => part.trim()).join("\n\n")}\n`);
}
