// Speed, silences, loudness and the sleep timer. What is chosen here holds for all devices, as in the settings, unless
// the feed has a speed of its own: then that is changed.

import { Problem } from "../controls";
import { clock, number } from "../format";
import { useStore } from "../store";
import { strings } from "../strings";
import { chooseSilence, chooseSpeed } from "./choose";
import { usePlayer } from "./player";
import { useListening } from "./player_context";
import { SPEEDS, speedLabel } from "./speeds";

const SLEEP_MINUTES = [5, 10, 15, 30, 45, 60] as const;

export function SoundControls() {
  const store = useStore();
  const { sound } = useListening();
  const { volume, silence } = store.preferences.all.value;
  const player = usePlayer();
  const feed = player.episode.value?.feed;
  const own = feed === undefined ? undefined : store.preferences.forFeed(feed).silence;
  const skips = (own ?? silence) === 1;
  const even = (on: boolean) => store.attempt(store.prefer("volume", on ? 1 : 0, true));
  return (
    <section class="card stack tight" aria-label={strings.player.sound}>
      <div class="row wrap">
        <SpeedChoice />
        <SleepChoice />
      </div>
      <Switch
        label={strings.settings.silence}
        on={skips}
        set={(on) => chooseSilence(store, player, on)}
        testId="skip-silence"
      />
      <Switch label={strings.settings.volume} on={volume === 1} set={even} testId="even-volume" />
      <SoundState />
      <Problem text={sound.analysis.value.problem} />
    </section>
  );
}

function SoundState() {
  const { sound } = useListening();
  const { running, share } = sound.analysis.value;
  const saved = Math.round(sound.skipper.savedS.value);
  const gain = Math.round(sound.gainDb.value);
  const done = [saved >= 1 && strings.player.saved(saved), gain !== 0 && strings.player.gain(gain)].filter(Boolean);
  const { analysing, analysed } = strings.player;
  const under = share === null ? analysing : analysed(number(Math.round(share * 100)));
  return (
    <p
      class="quiet"
      role="status"
      data-testid="sound-state"
      data-map={sound.map.value !== null}
      data-gain={sound.gainDb.value}
    >
      {running ? under : done.join(" · ")}
    </p>
  );
}

function SpeedChoice() {
  const player = usePlayer();
  const store = useStore();
  const speed = player.speed.value;
  const offered = [...new Set([...SPEEDS, speed])].sort((left, right) => left - right);
  return (
    <label class="field grow">
      {strings.player.speed}
      <select
        value={speed}
        data-testid="player-speed"
        onChange={(event) => chooseSpeed(store, player, Number(event.currentTarget.value))}
      >
        {offered.map((it) => (
          <option key={it} value={it}>
            {speedLabel(it)}
          </option>
        ))}
      </select>
    </label>
  );
}

function SleepChoice() {
  const { sleep } = useListening();
  const state = sleep.state.value;
  const value = state === null ? "" : state.kind === "episode" ? "episode" : "after";
  const choose = (chosen: string) => {
    if (chosen === "") sleep.cancel();
    else if (chosen === "episode") sleep.atEndOfEpisode();
    else sleep.after(Number(chosen));
  };
  return (
    <label class="field grow">
      {strings.player.sleep}
      <select value={value} data-testid="player-sleep" onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{strings.player.sleepOff}</option>
        {state?.kind === "after" && <option value="after">{strings.player.sleepIn(clock(sleep.leftS.value))}</option>}
        {SLEEP_MINUTES.map((minutes) => (
          <option key={minutes} value={minutes}>
            {strings.player.sleepAfter(minutes)}
          </option>
        ))}
        <option value="episode">{strings.player.sleepEpisode}</option>
      </select>
    </label>
  );
}

interface SwitchProps {
  label: string;
  on: boolean;
  set: (on: boolean) => void;
  testId?: string;
}

export function Switch({ label, on, set, testId }: SwitchProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        role="switch"
        checked={on}
        data-testid={testId}
        onChange={(event) => set(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}
