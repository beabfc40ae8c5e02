// One episode in a list: what it is, how far it was heard, and what can be done with it.

import type { Episode, Play } from "../../protocol";
import { Artwork, IconButton, RowFacts } from "../controls";
import { useDownloads } from "../downloads/downloads";
import { clock, day } from "../format";
import { Icon } from "../icons";
import { usePlayer } from "../player/player";
import { hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { useEpisodeActions } from "./episode_actions";

export function EpisodeRow({ episode, showFeed }: { episode: Episode; showFeed: boolean }) {
  const { feed, id, title, publishedMs, durationS, audioUrl, feedTitle, play } = episode;
  const saved = useDownloads().isKept(episode);
  const facts = [publishedMs === null ? "" : day(publishedMs), durationS ? clock(durationS) : ""];
  const done = play?.completed ?? false;
  return (
    <>
      {audioUrl ? <PlayButton episode={episode} /> : <ReadMark done={done} />}
      {showFeed && <FeedPicture episode={episode} />}
      <div class="grow">
        <h2 class="clamp">
          <a class="plain-link" href={hashOf({ page: "episode", feed, id })} data-done={done}>
            {title || strings.episode.untitled}
          </a>
        </h2>
        <RowFacts source={showFeed ? feedTitle : ""} facts={facts}>
          {saved && <Icon name="download" label={strings.downloads.kept} />}
        </RowFacts>
        {audioUrl ? <Listened episode={episode} /> : done && <p class="quiet">{strings.episode.read}</p>}
      </div>
      <RowActions episode={episode} />
    </>
  );
}

function FeedPicture({ episode }: { episode: Episode }) {
  const feed = useStore().subscriptions.value?.find((known) => known.feed === episode.feed);
  return <Artwork address={episode.image || feed?.icon || ""} feed={episode.feed} title={episode.feedTitle} />;
}

function ReadMark({ done }: { done: boolean }) {
  return (
    <span class="read-mark" data-done={done}>
      <Icon name="article" />
    </span>
  );
}

function RowActions({ episode }: { episode: Episode }) {
  const actions = useEpisodeActions(episode);
  return (
    <div class="row-actions">
      {actions
        .filter(({ brief }) => brief)
        .map(({ icon, label, run, testId }) => (
          <IconButton key={label} icon={icon} label={`${label}: ${episode.title}`} onClick={run} testId={testId} />
        ))}
    </div>
  );
}

export function PlayButton({ episode }: { episode: Episode }) {
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

export function Listened({ episode }: { episode: Episode }) {
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
  const position = clock(play.positionS);
  return (
    <button
      class="small"
      title={strings.episode.continueFrom(device, position)}
      data-testid="continue-from"
      onClick={() => player.play(episode, play.positionS)}
    >
      <Icon name="fromDevice" />
      <span class="ellipsis">{`${position} · ${device}`}</span>
    </button>
  );
}
