// One episode or article: everything about it, and everything that can be done with it.

import { useEffect, useState } from "preact/hooks";
import type { Content, Episode } from "../../protocol";
import { BackLink, Busy, Problem, ScreenTitle } from "../controls";
import { useDownloads } from "../downloads/downloads";
import { DownloadState } from "../downloads/download_state";
import { clock, day, webAddress } from "../format";
import { Icon } from "../icons";
import { useEpisodeActions } from "../library/episode_actions";
import { Listened, PlayButton } from "../library/episode_row";
import { readChapters } from "../player/chapters";
import { usePlayer } from "../player/player";
import { hashOf } from "../route";
import { sentence, useStore } from "../store";
import { strings } from "../strings";
import { useFullText } from "./full_text";
import { SafeHtml } from "./safe_html";

interface Found {
  episode: Episode;
  content: Content | null;
}

export function EpisodeScreen({ feed, id }: { feed: string; id: string }) {
  const { found, problem } = useEpisode(feed, id);
  return (
    <article class="stack">
      <BackLink href={hashOf({ page: "feed", feed })}>{found?.episode.feedTitle || strings.feed.back}</BackLink>
      {problem && <Problem text={problem} />}
      {found === undefined && !problem && <Busy text={strings.library.loading} />}
      {found === null && (
        <>
          <ScreenTitle>{strings.reader.goneTitle}</ScreenTitle>
          <p>{strings.reader.goneBody}</p>
        </>
      )}
      {found && (found.episode.audioUrl ? <Notes {...found} /> : <Reading {...found} />)}
    </article>
  );
}

/** undefined while it is looked for; null if this device does not have it. */
function useEpisode(feed: string, id: string): { found: Found | null | undefined; problem: string } {
  const store = useStore();
  const version = store.libraryVersion.value;
  const [found, setFound] = useState<Found | null | undefined>(undefined);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let overtaken = false;
    const look = async () => {
      const { episodes } = await store.command("library.find", { feed, episode: id });
      const { content } = await store.command("library.content", { feed, episode: id });
      if (!overtaken) setFound(episodes[0] ? { episode: episodes[0], content } : null);
    };
    look().catch((error: unknown) => overtaken || setProblem(sentence(error)));
    return () => void (overtaken = true);
  }, [feed, id, version]);
  return { found, problem };
}

function Facts({ episode, minutes }: { episode: Episode; minutes: number }) {
  const { publishedMs, durationS, feedTitle } = episode;
  const facts = [
    feedTitle,
    publishedMs === null ? "" : day(publishedMs),
    durationS ? clock(durationS) : "",
    minutes > 0 ? strings.reader.minutes(Math.ceil(minutes)) : "",
  ];
  return <p class="quiet">{facts.filter(Boolean).join(" · ")}</p>;
}

function Actions({ episode }: { episode: Episode }) {
  const actions = useEpisodeActions(episode);
  const address = webAddress(episode.url);
  return (
    <div class="row wrap">
      {actions.map(({ icon, label, run, testId }) => (
        <button key={testId} class="small" data-testid={testId} onClick={run}>
          <Icon name={icon} />
          {label}
        </button>
      ))}
      {address && (
        <a class="button small" href={address} target="_blank" rel="noopener noreferrer">
          <Icon name="out" />
          {strings.episode.web}
        </a>
      )}
    </div>
  );
}

/** What a podcast says of an episode. */
function Notes({ episode, content }: Found) {
  const images = useStore().preferences.all.value.images === 1;
  const chapters = readChapters(content?.chapterList);
  const player = usePlayer();
  return (
    <>
      <header class="row start">
        <PlayButton episode={episode} />
        <div class="grow stack tight">
          <ScreenTitle>{episode.title || strings.episode.untitled}</ScreenTitle>
          <Facts episode={episode} minutes={0} />
          <Listened episode={episode} />
        </div>
      </header>
      <Actions episode={episode} />
      <DownloadState episode={episode} />
      {chapters.length > 0 && (
        <details class="card">
          <summary>{strings.player.chapters}</summary>
          <ol class="plain">
            {chapters.map(({ startS, title }) => (
              <li key={startS}>
                <button class="line" onClick={() => player.play(episode, startS)}>
                  <span class="time">{clock(startS)}</span>
                  {title}
                </button>
              </li>
            ))}
          </ol>
        </details>
      )}
      {content?.html ? (
        <SafeHtml html={content.html} feed={episode.feed} base={content.base} images={images} />
      ) : (
        <p>{episode.summary}</p>
      )}
    </>
  );
}

/** An article; to open it is to have read it. */
function Reading({ episode, content }: Found) {
  const store = useStore();
  const preferences = store.preferences.all.value;
  const full = useFullText(episode, store.preferences.forFeed(episode.feed).full === 1);
  const kept = useDownloads().articleOf(episode);
  const shown = full.article ?? kept;
  const html = shown?.html || content?.html || "";
  const minutes = shown?.minutes || content?.minutes || 0;
  useEffect(() => {
    if (episode.play?.completed) return;
    store.attempt(store.command("play.mark", { feed: episode.feed, episode: episode.id, completed: true }));
  }, [episode.feed, episode.id]);
  return (
    <div class="stack reading" style={{ fontSize: `${preferences.text}%` }}>
      <header class="stack tight">
        <ScreenTitle>{episode.title || shown?.title || strings.episode.untitled}</ScreenTitle>
        <Facts episode={episode} minutes={minutes} />
        {shown?.byline && <p class="quiet">{shown.byline}</p>}
      </header>
      <Actions episode={episode} />
      <DownloadState episode={episode} />
      <TextSize />
      {!shown && webAddress(episode.url) && (
        <button class="self-start" data-testid="full-text" disabled={full.busy} onClick={full.load}>
          {strings.reader.full}
        </button>
      )}
      <Busy text={full.busy ? strings.reader.loading : ""} />
      <Problem text={full.problem} />
      {html ? (
        <SafeHtml
          html={html}
          feed={episode.feed}
          base={(shown ?? content)?.base}
          images={preferences.images === 1}
        />
      ) : (
        <p class="prose">{episode.summary}</p>
      )}
    </div>
  );
}

const STEP = 10; // per cent

function TextSize() {
  const store = useStore();
  const { text } = store.preferences.all.value;
  const set = (value: number) => {
    store.attempt(store.prefer("text", Math.max(80, Math.min(200, value)), false));
  };
  return (
    <div class="row" role="group" aria-label={strings.settings.text}>
      <button
        class="small"
        aria-label={`A−: ${strings.reader.smaller}`}
        disabled={text <= 80}
        onClick={() => set(text - STEP)}
      >
        A−
      </button>
      <span class="quiet" aria-live="polite">
        {text} %
      </span>
      <button
        class="small"
        aria-label={`A+: ${strings.reader.larger}`}
        disabled={text >= 200}
        onClick={() => set(text + STEP)}
      >
        A+
      </button>
    </div>
  );
}
