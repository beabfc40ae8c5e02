// The slider of the position. While it is dragged it shows where the finger is; the audio moves when it is let go.

import { useState } from "preact/hooks";
import { clock } from "../format";
import { strings } from "../strings";
import { usePlayer } from "./player";

export function Seek() {
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
        data-testid="player-seek"
        onInput={(event) => setDragged(event.currentTarget.valueAsNumber)}
        onChange={(event) => seek(event.currentTarget.valueAsNumber)}
      />
      <span>{durationS === null ? "–:––" : clock(durationS)}</span>
    </div>
  );
}
