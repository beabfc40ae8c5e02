// Plays one episode at a time and reports where the listener is. The newest report is what other devices continue from,
// so none is made before the audio stands where it was left (0:00 from a file that is still loading would lose the
// place), nor when nothing was heard since the last one (a tab closed in the evening would undo the afternoon on the
// phone).

import { signal } from "@preact/signals";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Commands, Episode } from "../../protocol";
import { webAddress } from "../format";
import { sentence } from "../store";
import { strings } from "../strings";

export type Progress = Commands["play.progress"][0];
export type Report = (progress: Progress) => Promise<unknown>;

/** What the player needs of an <audio> element. */
export type Audio = Pick<
  HTMLAudioElement,
  | "src"
  | "currentTime"
  | "duration"
  | "paused"
  | "ended"
  | "error"
  | "playbackRate"
  | "defaultPlaybackRate"
  | "preservesPitch"
  | "play"
  | "pause"
  | "load"
  | "addEventListener"
>;

/** An address; as a promise where it takes a moment to make one. "" if there is none. */
export type Source = string | Promise<string>;

/** Seconds of every episode of a feed that nobody wants to hear. */
export interface Skipped {
  intro: number;
  outro: number;
}

const REPORT_INTERVAL_MS = 5000; // while playing
const HEARD_LEAST_S = 60; // of an episode between its skipped beginning and end, else nothing is skipped

/** Where to start an episode: at its newest record, or from the top when that says it was heard to the end. */
export function startPosition(episode: Episode): number {
  return episode.play && !episode.play.completed ? episode.play.positionS : 0;
}

export class Player {
  readonly episode = signal<Episode | null>(null);
  readonly playing = signal(false);
  readonly positionS = signal(0);
  readonly durationS = signal<number | null>(null);
  readonly speed = signal(1);
  readonly problem = signal("");

  readonly #audio: Audio;
  readonly #report: Report;
  readonly #now: () => number;
  readonly #sourceOf: (episode: Episode) => Source;
  /** Another source for what could not be loaded from the first one; "" if there is none. */
  fallbackOf: (episode: Episode) => Promise<string> = async () => "";
  /** Why there is nothing to be had; "" if there is, so that this browser cannot play it. */
  absenceOf: (episode: Episode) => Promise<string> = async () => strings.player.unavailable;
  skippedOf: (episode: Episode) => Skipped = () => ({ intro: 0, outro: 0 });
  onFinished: (episode: Episode) => void = () => {};
  #startAtS = 0;
  #ready = false; // the audio stands where it was left
  #reportedAtMs = 0;
  #reportedS = 0; // the place other devices know …
  #reportedEnd = false; // … and whether they know it as the end
  #finished = false; // at what counts as the end
  #seeksQuietly = false;
  #fellBack = false; // to the other source
  #waiting = false; // for a source
  #wanted = false; // to play as soon as it comes

  /** `now` counts milliseconds from anywhere. `sourceOf`: from where an episode is played. */
  constructor(
    audio: Audio,
    report: Report,
    now: () => number = () => performance.now(),
    sourceOf: (episode: Episode) => Source = ({ audioUrl }) => webAddress(audioUrl) ?? "",
  ) {
    this.#audio = audio;
    this.#report = report;
    this.#now = now;
    this.#sourceOf = sourceOf;
    audio.preservesPitch = true;
    audio.addEventListener("loadedmetadata", () => this.#standAtStart());
    audio.addEventListener("durationchange", () => this.#readDuration());
    audio.addEventListener("timeupdate", () => this.#advance());
    audio.addEventListener("playing", () => this.#started());
    audio.addEventListener("pause", () => this.#stopped());
    audio.addEventListener("seeked", () => this.#seeked());
    audio.addEventListener("ended", () => this.#ended());
    audio.addEventListener("error", () => this.#failed());
  }

  /** Plays an episode from `atS`, by default from where it was left. The one playing before is left where it is. */
  play(episode: Episode, atS: number = startPosition(episode) || this.#introOf(episode)): void {
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
    if (this.#waiting) this.#wanted = true;
    else this.#start();
  }

  #start(): void {
    this.#audio.play().catch((error: unknown) => this.#refused(error));
  }

  pause(): void {
    this.#wanted = false;
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

  /** Jumps without telling other devices: for what nobody would have heard anyway. */
  jump(seconds: number): void {
    this.#seeksQuietly = true;
    this.#audio.currentTime = seconds;
  }

  /** Times the speed of speech, at its own pitch. */
  setSpeed(speed: number): void {
    this.speed.value = speed;
    this.#audio.defaultPlaybackRate = speed; // a new source begins with it
    this.#audio.playbackRate = speed;
  }

  /** Goes on with the same episode from another source, at the same place. */
  moveTo(source: string): void {
    if (this.#audio.src === source) return;
    const playing = !this.#audio.paused;
    this.#startAtS = this.positionS.value;
    this.#ready = false;
    this.#audio.src = source;
    if (playing) this.#start();
  }

  /** Reports the place, if it has changed. For the page to call when it goes away, too. */
  reportNow(): void {
    const episode = this.episode.value;
    const positionS = this.#audio.currentTime;
    const completed = this.#audio.ended || this.#finished;
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
    this.#finished = false;
    this.#startAtS = atS;
    this.playing.value = false;
    this.positionS.value = atS;
    this.durationS.value = episode.durationS;
    this.episode.value = episode;
    this.#fellBack = false;
    this.#wanted = false;
    const source = this.#sourceOf(episode);
    this.#waiting = typeof source !== "string";
    if (typeof source === "string") this.#audio.src = source;
    else void this.#loadLater(episode, source);
  }

  async #loadLater(episode: Episode, source: Promise<string>): Promise<void> {
    this.#audio.pause();
    const address = await source.catch(() => "");
    if (this.episode.value !== episode) return;
    this.#waiting = false;
    this.#audio.src = address;
    if (this.#wanted) this.#start();
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
    this.#audio.playbackRate = this.speed.value;
  }

  #readDuration(): void {
    if (Number.isFinite(this.#audio.duration)) this.durationS.value = this.#audio.duration;
  }

  #advance(): void {
    if (!this.#ready) return;
    this.positionS.value = this.#audio.currentTime;
    if (this.#isInOutro()) return this.#finish();
    const due = this.#now() - this.#reportedAtMs >= REPORT_INTERVAL_MS;
    if (due && !this.#audio.paused) this.reportNow();
  }

  #seeked(): void {
    if (!this.#seeksQuietly) this.reportNow();
    this.#seeksQuietly = false;
  }

  #introOf(episode: Episode): number {
    const { intro, outro } = this.skippedOf(episode);
    return (episode.durationS ?? Number.POSITIVE_INFINITY) - intro - outro > HEARD_LEAST_S ? intro : 0;
  }

  #isInOutro(): boolean {
    const episode = this.episode.value;
    const durationS = this.durationS.value;
    if (!episode || durationS === null || this.#audio.paused || this.#finished) return false;
    const { intro, outro } = this.skippedOf(episode);
    return outro > 0 && durationS - intro - outro > HEARD_LEAST_S && this.positionS.value >= durationS - outro;
  }

  #finish(): void {
    this.#finished = true;
    this.#audio.pause();
    this.#tellFinished();
  }

  #ended(): void {
    this.#stopped();
    this.#tellFinished();
  }

  #tellFinished(): void {
    const episode = this.episode.value;
    if (episode) this.onFinished(episode);
  }

  #started(): void {
    this.#finished = false;
    this.playing.value = true;
    this.problem.value = "";
    this.#reportedAtMs = this.#now();
  }

  #stopped(): void {
    this.playing.value = false;
    this.reportNow();
  }

  #failed(): void {
    const episode = this.episode.value;
    const missing = this.#audio.error?.code === 4 && episode !== null; // or there, and no sound that it knows
    if (!missing) this.#giveUp();
    else if (this.#fellBack) void this.#explain(episode);
    else void this.#fallBack(episode);
  }

  async #fallBack(episode: Episode): Promise<void> {
    this.#fellBack = true;
    const source = await this.fallbackOf(episode).catch(() => "");
    if (this.episode.value !== episode) return;
    if (source === "") return this.#explain(episode);
    this.#startAtS = this.positionS.value;
    this.#ready = false;
    this.#audio.src = source;
    this.#start();
  }

  #giveUp(): void {
    const sentences: Record<number, string> = { 2: strings.player.network, 3: strings.player.undecodable };
    this.#stopped();
    this.problem.value = sentences[this.#audio.error?.code ?? 0] ?? strings.player.unavailable;
  }

  async #explain(episode: Episode): Promise<void> {
    this.#stopped();
    const absence = await this.absenceOf(episode).catch(() => strings.player.unavailable);
    if (this.holds(episode) && !this.playing.value) this.problem.value = absence || strings.player.undecodable;
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
