// What the keyboard does. Letters are taken only where nobody is typing, and never together with Ctrl, Alt or Meta,
// which belong to the browser.

import type { Preferences } from "../preferences";
import { stepSpeed } from "../player/speeds";
import type { Player } from "../player/player";
import { go } from "../route";
import { strings } from "../strings";

export interface Shortcut {
  keys: string[]; // one after the other
  label: () => string;
  run: () => void;
}

export interface Controls {
  player: Player;
  preferences: () => Preferences;
  setSpeed: (speed: number) => void;
  next: () => void;
  help: () => void;
}

const PAUSE_MS = 1500; // between the keys of one shortcut

export function shortcutsOf({ player, preferences, setSpeed, next, help }: Controls): Shortcut[] {
  const words = () => strings.shortcuts;
  const has = (run: () => void) => () => player.episode.value !== null && run();
  return [
    { keys: [" "], label: () => words().toggle, run: has(() => player.toggle()) },
    { keys: ["ArrowLeft"], label: () => words().back, run: has(() => player.skip(-preferences().back)) },
    { keys: ["ArrowRight"], label: () => words().forward, run: has(() => player.skip(preferences().forward)) },
    { keys: ["<"], label: () => words().slower, run: has(() => setSpeed(stepSpeed(player.speed.value, -1))) },
    { keys: [">"], label: () => words().faster, run: has(() => setSpeed(stepSpeed(player.speed.value, 1))) },
    { keys: ["n"], label: () => words().next, run: next },
    { keys: ["j"], label: () => words().down, run: () => moveFocus(1) },
    { keys: ["k"], label: () => words().up, run: () => moveFocus(-1) },
    { keys: ["q"], label: () => words().queue, run: () => pressInRow("episode-queue") },
    { keys: ["m"], label: () => words().mark, run: () => pressInRow("episode-mark") },
    { keys: ["/"], label: () => words().search, run: () => go({ page: "search", words: "" }) },
    { keys: ["g", "i"], label: () => words().inbox, run: () => go({ page: "inbox" }) },
    { keys: ["g", "l"], label: () => words().library, run: () => go({ page: "library" }) },
    { keys: ["g", "q"], label: () => words().showQueue, run: () => go({ page: "queue" }) },
    { keys: ["g", "p"], label: () => words().player, run: () => go({ page: "player" }) },
    { keys: ["g", "d"], label: () => words().downloads, run: () => go({ page: "downloads" }) },
    { keys: ["g", "s"], label: () => words().settings, run: () => go({ page: "settings" }) },
    { keys: ["?"], label: () => words().help, run: help },
  ];
}

/** Listens on the page from now on. */
export function listenToKeys(shortcuts: Shortcut[]): void {
  let pressed: string[] = [];
  let lastMs = 0;
  const press = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || isTaken(event)) return;
    pressed = event.timeStamp - lastMs > PAUSE_MS ? [event.key] : [...pressed, event.key];
    lastMs = event.timeStamp;
    const match = matching(shortcuts, pressed);
    if (match === "begun") return;
    pressed = [];
    if (!match) return;
    event.preventDefault();
    match.run();
  };
  document.addEventListener("keydown", press);
}

/** The shortcut that these keys are; "begun" if they are the beginning of one; else null. */
export function matching(shortcuts: Shortcut[], pressed: string[]): Shortcut | "begun" | null {
  const begins = (keys: string[]) => pressed.every((key, at) => keys[at] === key);
  const candidates = shortcuts.filter(({ keys }) => begins(keys));
  const whole = candidates.find(({ keys }) => keys.length === pressed.length);
  if (whole) return whole;
  if (candidates.length > 0) return "begun";
  return pressed.length > 1 ? matching(shortcuts, pressed.slice(-1)) : null;
}

/** Whether a key belongs to what has the focus: a field, or a control that uses it itself. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (document.querySelector("dialog[open]")) return true;
  const field = target.closest("input, textarea, select, [contenteditable]");
  const box = field instanceof HTMLInputElement && ["checkbox", "button", "file"].includes(field.type);
  if (field && !box) return true;
  return (key === " " || key === "Enter") && target.closest("button, a, summary, label, input") !== null;
}

const ROWS = "[data-testid=episode-row] h2 a, [data-testid=queue-row] h2 a, [data-testid=subscription-row] a";

function moveFocus(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)];
  const current = document.activeElement?.closest("li")?.querySelector<HTMLElement>(ROWS) ?? null;
  const at = current ? rows.indexOf(current) : -1;
  const next = at < 0 ? rows.find((row) => row.getBoundingClientRect().top >= 0) : rows[at + by];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "center" });
}

function pressInRow(testId: string): void {
  const row = document.activeElement?.closest("li") ?? document.querySelector("article");
  row?.querySelector<HTMLElement>(`[data-testid=${testId}]`)?.click();
}
