// One episode: what it is, how far it was heard, and the buttons to hear it. An entry without audio is a link to its
// page.

import type { Episode, Play } from "../protocol";
import { clock, day, webAddress } from "./format";
import { Icon } from "./icons";
import { usePlayer } from "./player";
import { useStore } from "./store";
import { strings } from "./strings";

export function EpisodeRow({ episode }: { episode: Episode }) {
  const { id, title, summary, publishedMs, durationS, audioUrl } = episode;
  const facts = [publishedMs === null ? "" : day(publishedMs), durationS ? clock(durationS) : ""].filter(Boolean);
  return (
    <li class="card episode" data-testid="episode-row" data-episode-id={id}>
      {audioUrl && <PlayButton episode={episode} />}
      <div class="grow stack tight">
        <h2>{title}</h2>
        {facts.length > 0 && <p class="quiet">{facts.join(" · ")}</p>}
        {summary && <p class="clamp">{summary}</p>}
        {audioUrl ? <Listened episode={episode} /> : <ReadLink address={episode.url} />}
      </div>
    </li>
  );
}

function PlayButton({ episode }: { episode: Episode }) {
  const player = usePlayer();
  const here = player.episode.value !== null && player.holds(episode);
  const playing = here && player.playing.value;
  const label = playing ? strings.episode.pause(episode.title) : strings.episode.play(episode.title);
  return (
    <button
      class="icon-button round"
      aria-label={label}
      data-testid="episode-play"
      onClick={() => (here ? player.toggle() : player.play(episode))}
    >
      <Icon name={playing ? "pause" : "play"} />
    </button>
  );
}

function Listened({ episode }: { episode: Episode }) {
  const player = usePlayer();
  const { play } = episode;
  const here = player.episode.value !== null && player.holds(episode);
  if (!here && !play) return null;
  if (play?.completed && !(here && player.playing.value)) {
    return (
      <p class="good">
        <Icon name="check" />
        {strings.episode.played}
      </p>
    );
  }
  const positionS = here ? player.positionS.value : (play?.positionS ?? 0);
  const durationS = (here ? player.durationS.value : null) ?? episode.durationS;
  return (
    <div class="listened">
      {durationS && (
        <progress
          max={durationS}
          value={Math.min(positionS, durationS)}
          aria-label={strings.episode.progress(episode.title)}
        />
      )}
      <span class="quiet">{strings.episode.at(clock(positionS), durationS ? clock(durationS) : null)}</span>
      {play && <ContinueFrom episode={episode} play={play} />}
    </div>
  );
}

// Offered when another device was the last to play this, and not while it is being played here.
function ContinueFrom({ episode, play }: { episode: Episode; play: Play }) {
  const store = useStore();
  const player = usePlayer();
  const ours = play.device === store.device.value?.id;
  if (ours || play.completed || play.positionS < 1) return null;
  if (player.holds(episode) && player.playing.value) return null;
  const device = store.nameOf(play.device, strings.devices.aFormerDevice);
  return (
    <button class="small" data-testid="continue-from" onClick={() => player.play(episode, play.positionS)}>
      <Icon name="fromDevice" />
      {strings.episode.continueFrom(device, clock(play.positionS))}
    </button>
  );
}

function ReadLink({ address }: { address: string }) {
  const safe = webAddress(address);
  if (!safe) return null;
  return (
    <a href={safe} target="_blank" rel="noopener noreferrer">
      {strings.episode.read}
    </a>
  );
}
