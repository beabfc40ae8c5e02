// Plays one episode at a time and reports where the listener is. The newest report is what other devices continue from,
// so none is made before the audio stands where it was left (0:00 from a file that is still loading would lose the
// place), nor when nothing was heard since the last one (a tab closed in the evening would undo the afternoon on the
// phone).

import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Commands, Episode } from "../protocol";
import { webAddress } from "./format";
import { sentence } from "./store";
import { strings } from "./strings";

export type Progress = Commands["play.progress"][0];
export type Report = (progress: Progress) => Promise<unknown>;

/** What the player needs of an <audio> element. */
export type Audio = Pick<
  HTMLAudioElement,
  "src" | "currentTime" | "duration" | "paused" | "ended" | "error" | "play" | "pause" | "load" | "addEventListener"
>;

const REPORT_INTERVAL_MS = 5000; // while playing

/** Where to start an episode: at its newest record, or from the top when that says it was heard to the end. */
export function startPosition(episode: Episode): number {
  return episode.play && !episode.play.completed ? episode.play.positionS : 0;
}

export class Player {
  readonly episode = signal<Episode | null>(null);
  readonly playing = signal(false);
  readonly positionS = signal(0);
  readonly durationS = signal<number | null>(null);
  readonly problem = signal("");

  readonly #audio: Audio;
  readonly #report: Report;
  readonly #now: () => number;
  #startAtS = 0;
  #ready = false; // the audio stands where it was left
  #reportedAtMs = 0;
  #reportedS = 0; // the place other devices know …
  #reportedEnd = false; // … and whether they know it as the end

  /** `now` counts milliseconds from anywhere. */
  constructor(audio: Audio, report: Report, now: () => number = () => performance.now()) {
    this.#audio = audio;
    this.#report = report;
    this.#now = now;
    audio.addEventListener("loadedmetadata", () => this.#standAtStart());
    audio.addEventListener("durationchange", () => this.#readDuration());
    audio.addEventListener("timeupdate", () => this.#advance());
    audio.addEventListener("playing", () => this.#started());
    audio.addEventListener("pause", () => this.#stopped());
    audio.addEventListener("seeked", () => this.reportNow());
    audio.addEventListener("ended", () => this.#stopped());
    audio.addEventListener("error", () => this.#failed());
  }

  /** Plays an episode from `atS`, by default from where it was left. The one playing before is left where it is. */
  play(episode: Episode, atS: number = startPosition(episode)): void {
    if (this.holds(episode) && this.#ready) this.seekTo(atS);
    else this.#load(episode, atS);
    this.resume();
  }

  /** Whether this is the episode in the player, playing or not. */
  holds(episode: Episode): boolean {
    return this.episode.value?.id === episode.id && this.episode.value.feed === episode.feed;
  }

  resume(): void {
    this.problem.value = "";
    if (this.#audio.error) this.#reload();
    this.#audio.play().catch((error: unknown) => this.#refused(error));
  }

  pause(): void {
    this.#audio.pause();
  }

  toggle(): void {
    if (this.playing.value) this.pause();
    else this.resume();
  }

  /** Seconds from the start; kept within the episode. */
  seekTo(seconds: number): void {
    const target = Math.max(0, Math.min(seconds, this.durationS.value ?? seconds));
    this.positionS.value = target;
    if (this.#ready) this.#audio.currentTime = target;
    else this.#startAtS = target;
  }

  skip(seconds: number): void {
    this.seekTo(this.positionS.value + seconds);
  }

  /** Reports the place, if it has changed. For the page to call when it goes away, too. */
  reportNow(): void {
    const episode = this.episode.value;
    const positionS = this.#audio.currentTime;
    const completed = this.#audio.ended;
    const known = positionS === this.#reportedS && completed === this.#reportedEnd;
    if (!episode || !this.#ready || known) return;
    this.#reportedAtMs = this.#now();
    this.#reportedS = positionS;
    this.#reportedEnd = completed;
    const { feed, id } = episode;
    this.#report({ feed, episode: id, positionS, durationS: this.durationS.value, completed }).catch(
      (error: unknown) => {
        this.problem.value = strings.player.notSaved(sentence(error));
      },
    );
  }

  #load(episode: Episode, atS: number): void {
    if (this.playing.value) this.reportNow();
    this.#ready = false;
    this.#startAtS = atS;
    this.playing.value = false;
    this.positionS.value = atS;
    this.durationS.value = episode.durationS;
    this.episode.value = episode;
    this.#audio.src = webAddress(episode.audioUrl) ?? "";
  }

  #reload(): void {
    this.#startAtS = this.positionS.value;
    this.#ready = false;
    this.#audio.load();
  }

  #standAtStart(): void {
    this.#readDuration();
    const end = this.durationS.value ?? this.#startAtS + 1;
    const start = Math.max(0, Math.min(this.#startAtS, end - 1));
    if (start > 0) this.#audio.currentTime = start;
    this.positionS.value = start;
    this.#reportedS = start;
    this.#reportedEnd = false;
    this.#ready = true;
  }

  #readDuration(): void {
    if (Number.isFinite(this.#audio.duration)) this.durationS.value = this.#audio.duration;
  }

  #advance(): void {
    if (!this.#ready) return;
    this.positionS.value = this.#audio.currentTime;
    const due = this.#now() - this.#reportedAtMs >= REPORT_INTERVAL_MS;
    if (due && !this.#audio.paused) this.reportNow();
  }

  #started(): void {
    this.playing.value = true;
    this.problem.value = "";
    this.#reportedAtMs = this.#now();
  }

  #stopped(): void {
    this.playing.value = false;
    this.reportNow();
  }

  #failed(): void {
    const sentences: Record<number, string> = { 2: strings.player.network, 3: strings.player.undecodable };
    this.#stopped();
    this.problem.value = sentences[this.#audio.error?.code ?? 0] ?? strings.player.unavailable;
  }

  // A rejected play() has an error event as well, unless the browser wanted a gesture or another episode came between.
  #refused(error: unknown): void {
    const blocked = error instanceof DOMException && error.name === "NotAllowedError";
    if (blocked) this.problem.value = strings.player.blocked;
  }
}

export const PlayerContext = createContext<Player | null>(null);

export function usePlayer(): Player {
  const player = useContext(PlayerContext);
  if (!player) throw new Error("no player above this component");
  return player;
}
