// What a camera sees of QR codes in a terminal: runs a command on a terminal of its own, and turns the half blocks that
// it prints back into pictures.
import { spawn } from "node:child_process";

/** Runs a command on a terminal, to its end, and says yes to its questions; answers what it printed. */
export function onTerminal(program, args) {
  const command = [program, ...args].map((word) => `'${word}'`).join(" ");
  return new Promise((resolve, reject) => {
    const child = spawn("script", ["-qefc", command, "/dev/null"], { stdio: ["pipe", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (piece) => {
      if (piece.includes("[y/N]")) child.stdin.write("y\n");
      text += piece;
    });
    child.once("error", reject);
    child.once("exit", (code) => (code === 0 ? resolve(text) : reject(new Error(`exit ${code}: ${text}`))));
  });
}

/** The QR symbols in what a terminal shows, each as a square of grey values of that side. */
export function qrPictures(text, side) {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith("\x1b[38;5;16m\x1b[48;5;231m"));
  const rows = lines.map((line) => [...line.replace(/\x1b\[[0-9;]*m/g, "")]);
  const perSymbol = Math.ceil(rows[0].length / 2);
  if (rows.length % perSymbol !== 0) throw new Error(`${rows.length} lines are no whole symbols of ${perSymbol}`);
  const pictures = [];
  for (let at = 0; at < rows.length; at += perSymbol) pictures.push(draw(rows.slice(at, at + perSymbol), side));
  return pictures;
}

function draw(rows, side) {
  const width = rows[0].length;
  const scale = Math.floor(side / width);
  const margin = Math.floor((side - width * scale) / 2);
  const picture = new Uint8Array(side * side).fill(255);
  for (let y = 0; y < width; y++) {
    for (let x = 0; x < width; x++) {
      if (!isDark(rows[y >> 1][x], y % 2 === 1)) continue;
      for (let dy = 0; dy < scale; dy++) {
        const begin = (margin + y * scale + dy) * side + margin + x * scale;
        picture.fill(0, begin, begin + scale);
      }
    }
  }
  return picture;
}

function isDark(letter, lower) {
  return letter === "█" || letter === (lower ? "▄" : "▀");
}
