// Makes every episode equally loud. Only for this does the sound go through Web Audio, from the first correction on; an
// element cannot leave it again. Through it, sound of other origins falls silent, so `isRouted` asks for our own.

import type { AudioMap } from "./audio_map";

const TARGET_LUFS = -16; // what most podcasts aim at
const PEAK_MAX_DB = -1;
const GAIN_MAX_DB = 12; // either way

/** By how many decibels an episode is to be made louder. A peak that would clip limits it. */
export function gainDb({ lufs, truePeakDb }: Pick<AudioMap, "lufs" | "truePeakDb">): number {
  if (lufs === null) return 0;
  const wanted = Math.max(-GAIN_MAX_DB, Math.min(GAIN_MAX_DB, TARGET_LUFS - lufs));
  return truePeakDb === null ? Math.min(0, wanted) : Math.min(wanted, Math.max(0, PEAK_MAX_DB - truePeakDb));
}

export class VolumeCorrection {
  readonly #audio: HTMLAudioElement;
  #context: AudioContext | null = null;
  #gain: GainNode | null = null;

  constructor(audio: HTMLAudioElement) {
    this.#audio = audio;
    audio.addEventListener("play", () => void this.#context?.resume());
  }

  /** Whether the sound goes through Web Audio. */
  get isRouted(): boolean {
    return this.#gain !== null;
  }

  /** Makes it louder or quieter from now on; 0 is as it is. */
  set(decibels: number): void {
    if (decibels === 0 && !this.#gain) return;
    const gain = (this.#gain ??= this.#route());
    gain.gain.value = 10 ** (decibels / 20);
  }

  #route(): GainNode {
    const context = (this.#context = new AudioContext());
    const gain = context.createGain();
    context.createMediaElementSource(this.#audio).connect(gain).connect(context.destination);
    void context.resume();
    return gain;
  }
}
