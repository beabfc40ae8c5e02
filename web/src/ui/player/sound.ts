// How the present episode sounds: its speed, which silences are skipped, how loud it is, which parts of its feed nobody
// wants to hear. Follows what people have chosen, and gets the map that skipping and correcting need.

import { effect, signal, untracked } from "@preact/signals";
import { CoreError, type Episode } from "../../protocol";
import type { Downloads } from "../downloads/downloads";
import type { PreferenceStore } from "../preferences";
import type { Files } from "../files";
import { isPrivate, type Proxy, type Wanted } from "../proxy";
import { sentence } from "../store";
import { strings } from "../strings";
import { analyse, type AudioMap } from "./audio_map";
import type { Player, Source } from "./player";
import { SilenceSkipper } from "./silence";
import { gainDb, VolumeCorrection } from "./volume";
import { webAddress } from "../format";

const SAME_FILE_S = 1.5; // two copies whose lengths differ by more have different advertisements

export interface Analysis {
  running: boolean;
  share: number | null; // of the work that is done; null while unknown
  problem: string;
}

const IDLE: Analysis = { running: false, share: null, problem: "" };

async function absenceOf(proxy: Proxy, wanted: Wanted): Promise<string> {
  try {
    await (await proxy.media(wanted)).body?.cancel();
    return "";
  } catch (error) {
    if (!(error instanceof CoreError) || error.code === "offline") return strings.player.unavailable;
    const isGone = error.status === 404 || error.reason === "upstream_not_found";
    return isGone ? strings.player.moved : strings.player.notLoaded(sentence(error));
  }
}

interface Parts {
  player: Player;
  audio: HTMLAudioElement;
  preferences: PreferenceStore;
  proxy: Proxy;
  files: Files;
  downloads: Downloads;
  hasLogin: (feed: string) => boolean; // as far as is known
}

export class Sound {
  readonly map = signal<AudioMap | null>(null); // of the very octets that are played
  readonly analysis = signal<Analysis>(IDLE);
  readonly gainDb = signal(0); // by how much the present episode is made louder
  readonly skipper: SilenceSkipper;

  readonly #parts: Parts;
  readonly #volume: VolumeCorrection;
  #asking = new AbortController();

  constructor(parts: Parts) {
    this.#parts = parts;
    const { player, audio, preferences } = parts;
    this.#volume = new VolumeCorrection(audio);
    this.skipper = new SilenceSkipper(audio, (seconds) => player.jump(seconds));
    player.skippedOf = ({ feed }) => {
      const { intro = 0, outro = 0 } = preferences.forFeed(feed);
      return { intro, outro };
    };
    player.fallbackOf = ({ audioUrl: url, feed }) => parts.proxy.address("media", { url, feed });
    player.absenceOf = ({ audioUrl: url, feed }) => absenceOf(parts.proxy, { url, feed });
    effect(() => player.setSpeed(this.#chosen().speed));
    effect(() => {
      const episode = player.episode.value;
      const { silence, volume } = this.#chosen();
      untracked(() => this.#follow(episode, silence || volume));
    });
    effect(() => this.#apply());
  }

  /** From where an episode is played: what is kept on this device, else its publisher. */
  sourceOf = (episode: Episode): Source => {
    const kept = this.#parts.downloads.sourceOf(episode);
    if (kept) return kept;
    const direct = webAddress(episode.audioUrl) ?? "";
    const { feed } = episode;
    if (direct && this.#volume.isRouted) return this.#readableSource({ url: direct, feed });
    return direct && this.#parts.hasLogin(feed) ? this.#membersSource({ url: direct, feed }) : direct;
  };

  /** What Web Audio may have: past the server if that must not know of it. */
  async #readableSource(wanted: Wanted): Promise<string> {
    const { proxy, files } = this.#parts;
    return proxy.address("media", wanted).catch((error: unknown) => (isPrivate(error) ? files.address(wanted) : ""));
  }

  /** Of a feed with a login, which an element cannot send; many publishers have the sound itself elsewhere. */
  async #membersSource(wanted: Wanted): Promise<string> {
    const { proxy, files } = this.#parts;
    return ((await proxy.takesLogin(wanted)) && files.address(wanted)) || wanted.url;
  }

  #chosen(): { speed: number; silence: boolean; volume: boolean } {
    const { player, preferences } = this.#parts;
    const all = preferences.all.value;
    const feed = player.episode.value?.feed;
    const own = feed === undefined ? {} : preferences.forFeed(feed);
    return { speed: own.speed ?? all.speed, silence: (own.silence ?? all.silence) === 1, volume: all.volume === 1 };
  }

  #follow(episode: Episode | null, wanted: boolean): void {
    const same = episode !== null && this.#followed === `${episode.feed} ${episode.id}`;
    if (same && (this.map.value !== null || this.analysis.value.running) && wanted) return;
    this.#followed = episode ? `${episode.feed} ${episode.id}` : "";
    this.#asking.abort();
    this.#asking = new AbortController();
    if (!same) {
      this.map.value = null;
      this.skipper.savedS.value = 0;
    }
    this.analysis.value = IDLE;
    if (episode && wanted && this.map.value === null) void this.#fetchMap(episode, this.#asking.signal);
  }

  #followed = "";

  async #fetchMap(episode: Episode, signal: AbortSignal): Promise<void> {
    const { proxy, downloads } = this.#parts;
    if (downloads.sourceOf(episode)) {
      this.map.value = downloads.mapOf(episode);
      return;
    }
    this.analysis.value = { ...IDLE, running: true };
    const progress = (share: number | null) => (this.analysis.value = { running: true, share, problem: "" });
    try {
      const map = await analyse(proxy, episode, signal, progress);
      const address = await proxy.analysed(map.sha256, { url: episode.audioUrl, feed: episode.feed });
      if (!signal.aborted) this.#moveTo(address, map);
    } catch (error) {
      if (!signal.aborted) this.analysis.value = { ...IDLE, problem: sentence(error) };
    }
  }

  /** Goes on with the octets that were analysed, unless they are another copy than the one that is heard. */
  #moveTo(address: string, map: AudioMap): void {
    const { player, audio } = this.#parts;
    const known = Number.isFinite(audio.duration) && audio.currentTime > 0;
    if (known && Math.abs(audio.duration - map.durationS) > SAME_FILE_S) {
      this.analysis.value = { ...IDLE, problem: strings.player.otherCopy };
      return;
    }
    player.moveTo(new URL(address, document.baseURI).href);
    this.map.value = map;
    this.analysis.value = IDLE;
  }

  #apply(): void {
    const map = this.map.value;
    const { silence, volume } = this.#chosen();
    this.skipper.follow(map && silence ? map.silences : []);
    this.gainDb.value = map && volume ? gainDb(map) : 0;
    this.#volume.set(this.gainDb.value);
  }
}
