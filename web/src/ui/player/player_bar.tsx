// The player at the foot of every screen, once something has been played; its title leads to the whole of it.

import { Artwork, IconButton, Problem } from "../controls";
import { hashOf, route } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { usePlayer } from "./player";
import { useListening } from "./player_context";
import { Seek } from "./seek";
import { speedLabel } from "./speeds";

export function PlayerBar() {
  const player = usePlayer();
  const store = useStore();
  const episode = player.episode.value;
  if (!episode || route.value.page === "player") return null;
  const picture = episode.image || store.subscriptions.value?.find(({ feed }) => feed === episode.feed)?.icon || "";
  return (
    <section class="player" aria-label={strings.player.region} data-testid="player" data-playing={player.playing.value}>
      <a class="player-title" href={hashOf({ page: "player" })} title={strings.player.open} data-testid="player-open">
        <Artwork address={picture} feed={episode.feed} title={episode.title} />
        <span class="player-name">{episode.title}</span>
      </a>
      <Buttons />
      <Seek />
      <Extras />
      <Problem text={player.problem.value} />
    </section>
  );
}

export function Buttons() {
  const player = usePlayer();
  const { back, forward } = useStore().preferences.all.value;
  const playing = player.playing.value;
  return (
    <div class="buttons">
      <SkipButton seconds={-back} label={strings.player.back(back)} />
      <IconButton
        class="round"
        icon={playing ? "pause" : "play"}
        label={playing ? strings.player.pause : strings.player.play}
        testId="player-toggle"
        onClick={() => player.toggle()}
      />
      <SkipButton seconds={forward} label={strings.player.forward(forward)} />
    </div>
  );
}

function SkipButton({ seconds, label }: { seconds: number; label: string }) {
  const player = usePlayer();
  return (
    <button class="skip-button" aria-label={label} title={label} onClick={() => player.skip(seconds)}>
      {seconds < 0 ? `−${-seconds}` : `+${seconds}`}
    </button>
  );
}

/** What is unusual about how it plays. */
function Extras() {
  const player = usePlayer();
  const { sleep, sound } = useListening();
  const speed = player.speed.value;
  const facts = [
    speed === 1 ? "" : speedLabel(speed),
    sound.map.value && sound.skipper.savedS.value >= 1
      ? strings.player.saved(Math.round(sound.skipper.savedS.value))
      : "",
    sleep.state.value ? strings.player.sleeping : "",
  ].filter(Boolean);
  return <span class="extras quiet">{facts.join(" · ")}</span>;
}
