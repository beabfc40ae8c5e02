// The player at the foot of every screen, once something has been played.

import { useState } from "preact/hooks";
import { IconButton, Problem } from "./controls";
import { clock } from "./format";
import { hashOf } from "./route";
import { usePlayer } from "./player";
import { strings } from "./strings";

const BACK_S = 15;
const FORWARD_S = 30;

export function PlayerBar() {
  const player = usePlayer();
  const episode = player.episode.value;
  if (!episode) return null;
  const playing = player.playing.value;
  return (
    <section class="player" aria-label={strings.player.region} data-testid="player" data-playing={playing}>
      <a class="title" href={hashOf({ page: "feed", feed: episode.feed })}>
        {episode.title}
      </a>
      <div class="buttons">
        <SkipButton seconds={-BACK_S} label={strings.player.back(BACK_S)} />
        <IconButton
          class="round"
          icon={playing ? "pause" : "play"}
          label={playing ? strings.player.pause : strings.player.play}
          testId="player-toggle"
          onClick={() => player.toggle()}
        />
        <SkipButton seconds={FORWARD_S} label={strings.player.forward(FORWARD_S)} />
      </div>
      <Seek />
      <Problem text={player.problem.value} />
    </section>
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

// While the slider is dragged it shows where the finger is; the audio moves when it is let go.
function Seek() {
  const player = usePlayer();
  const [dragged, setDragged] = useState<number | null>(null);
  const positionS = dragged ?? player.positionS.value;
  const durationS = player.durationS.value;
  const spoken = strings.episode.at(clock(positionS), durationS === null ? null : clock(durationS));
  const seek = (seconds: number) => {
    setDragged(null);
    player.seekTo(seconds);
  };
  return (
    <div class="seek">
      <span data-testid="player-position" data-seconds={positionS}>
        {clock(positionS)}
      </span>
      <input
        type="range"
        min={0}
        max={Math.max(1, Math.floor(durationS ?? positionS))}
        step={1}
        value={positionS}
        disabled={durationS === null}
        aria-label={strings.player.seek}
        aria-valuetext={spoken}
        onInput={(event) => setDragged(event.currentTarget.valueAsNumber)}
        onChange={(event) => seek(event.currentTarget.valueAsNumber)}
      />
      <span>{durationS === null ? "–:––" : clock(durationS)}</span>
    </div>
  );
}
