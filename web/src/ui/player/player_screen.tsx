// The whole player: the episode, how it sounds, where other devices are in it, its chapters and its transcript.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Episode, Position } from "../../protocol";
import { Artwork, BackLink, Check, Problem, ScreenTitle, ToInbox } from "../controls";
import { clock, number, webAddress } from "../format";
import { Icon } from "../icons";
import { hashOf } from "../route";
import { useStore } from "../store";
import { strings } from "../strings";
import { type Chapter, indexAt } from "./chapters";
import { usePlayer } from "./player";
import { Buttons } from "./player_bar";
import { useListening } from "./player_context";
import { Seek } from "./seek";
import { SoundControls } from "./sound_controls";
import { useTimed } from "./timed";
import type { Line } from "./transcript";

export function PlayerScreen() {
  const episode = usePlayer().episode.value;
  if (episode) return <Playing key={`${episode.feed} ${episode.id}`} episode={episode} />;
  return (
    <div class="stack">
      <ScreenTitle>{strings.player.region}</ScreenTitle>
      <div class="empty">
        <p>{strings.player.nothing}</p>
        <ToInbox />
      </div>
    </div>
  );
}

function Playing({ episode }: { episode: Episode }) {
  const player = usePlayer();
  const { sound, next } = useListening();
  const store = useStore();
  const timed = useTimed(episode, sound.map.value?.chapters ?? []);
  const at = indexAt(timed.chapters, player.positionS.value);
  const chapter = timed.chapters[at];
  const icon = store.subscriptions.value?.find(({ feed }) => feed === episode.feed)?.icon ?? "";
  return (
    <div class="stack player-screen" data-testid="player" data-playing={player.playing.value}>
      <BackLink href={hashOf({ page: "feed", feed: episode.feed })}>{episode.feedTitle || strings.feed.back}</BackLink>
      <Artwork
        address={(chapter && webAddress(chapter.image)) || episode.image || icon}
        feed={episode.feed}
        title={episode.title}
      />
      <div class="stack tight centred">
        <ScreenTitle>{episode.title || strings.episode.untitled}</ScreenTitle>
        {chapter && (
          <p class="quiet" data-testid="chapter-now">
            {chapter.title}
          </p>
        )}
      </div>
      <Seek />
      <Buttons />
      <Problem text={player.problem.value} />
      <div class="row wrap centre">
        <a class="button small" href={hashOf({ page: "episode", feed: episode.feed, id: episode.id })}>
          <Icon name="article" />
          {strings.player.notes}
        </a>
        <a class="button small" href={hashOf({ page: "queue" })}>
          <Icon name="queue" />
          {strings.queue.title}
        </a>
        <button class="small" data-testid="player-next" onClick={next}>
          <Icon name="next" />
          {strings.player.next}
        </button>
      </div>
      <SoundControls />
      <Elsewhere episode={episode} />
      {timed.chapters.length > 0 && <Chapters chapters={timed.chapters} at={at} />}
      {timed.hasTranscript && <Transcript lines={timed.lines} problem={timed.problem} />}
    </div>
  );
}

/** Where other devices are, if it is somewhere else. */
function Elsewhere({ episode }: { episode: Episode }) {
  const store = useStore();
  const player = usePlayer();
  const version = store.libraryVersion.value;
  const [positions, setPositions] = useState<Position[]>([]);
  const { feed, id } = episode;
  useEffect(() => {
    let overtaken = false;
    store.command("play.positions", { feed, episode: id }).then(
      (answer) => overtaken || setPositions(answer.positions),
      () => {}, // an offer that cannot be made
    );
    return () => void (overtaken = true);
  }, [feed, id, version]);
  const others = positions.filter(({ device, positionS }) => device !== store.device.value?.id && positionS >= 1);
  if (others.length === 0) return null;
  return (
    <section class="row wrap centre" aria-label={strings.player.elsewhere}>
      {others.map(({ device, name, positionS }) => (
        <button key={device} class="small" data-testid="player-continue" onClick={() => player.seekTo(positionS)}>
          <Icon name="fromDevice" />
          {strings.episode.continueFrom(name || strings.devices.aFormerDevice, clock(positionS))}
        </button>
      ))}
    </section>
  );
}

function Chapters({ chapters, at }: { chapters: Chapter[]; at: number }) {
  const player = usePlayer();
  return (
    <section class="card stack tight" aria-labelledby="chapters" data-testid="chapters">
      <h2 id="chapters">{strings.player.chapters}</h2>
      <ol class="plain">
        {chapters.map(({ startS, title }, index) => (
          <li key={startS}>
            <button
              class="line"
              aria-current={index === at ? "true" : undefined}
              data-testid="chapter"
              onClick={() => player.seekTo(startS)}
            >
              <span class="time">{clock(startS)}</span>
              {title || number(index + 1)}
            </button>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Transcript({ lines, problem }: { lines: Line[] | null; problem: string }) {
  const player = usePlayer();
  const box = useRef<HTMLOListElement>(null);
  const [follows, setFollows] = useState(true);
  const at = lines ? indexAt(lines, player.positionS.value) : -1;
  useEffect(() => {
    const list = box.current;
    const line = list?.children[at] as HTMLElement | undefined;
    if (follows && list && line) list.scrollTop = line.offsetTop - list.clientHeight / 3;
  }, [at, follows]);
  return (
    <section class="card stack tight" aria-labelledby="transcript" data-testid="transcript">
      <div class="row wrap between">
        <h2 id="transcript">{strings.player.transcript}</h2>
        <Check label={strings.player.follow} checked={follows} choose={setFollows} />
      </div>
      <Problem text={problem} />
      {lines?.length === 0 && <p class="quiet">{strings.player.noTranscript}</p>}
      {!!lines?.length && (
        <ol ref={box} class="plain transcript" tabIndex={0} aria-labelledby="transcript">
          {lines.map(({ startS, speaker, text }, index) => (
            <li key={index}>
              <button
                class="line"
                aria-current={index === at ? "true" : undefined}
                data-testid="transcript-line"
                onClick={() => player.seekTo(startS)}
              >
                <span class="time">{clock(startS)}</span>
                <span>
                  {speaker && speaker !== lines[index - 1]?.speaker && <strong>{speaker}: </strong>}
                  {text}
                </span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
