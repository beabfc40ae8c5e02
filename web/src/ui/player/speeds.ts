// The speeds that people choose from.

import { number } from "../format";

export const SPEEDS = [0.5, 0.75, 1, 1.1, 1.2, 1.3, 1.5, 1.75, 2, 2.5, 3, 3.5, 4] as const;

export function speedLabel(speed: number): string {
  return `${number(speed)}×`;
}

/** The next faster (1) or slower (-1) one. */
export function stepSpeed(speed: number, by: 1 | -1): number {
  const faster = SPEEDS.find((it) => it > speed) ?? SPEEDS.at(-1)!;
  const slower = SPEEDS.findLast((it) => it < speed) ?? SPEEDS[0];
  return by === 1 ? faster : slower;
}
