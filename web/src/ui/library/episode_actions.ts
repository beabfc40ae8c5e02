// What can be done with an episode besides playing it: in a row's corner, on its own page, and by keyboard.

import type { Episode } from "../../protocol";
import { useDownloads } from "../downloads/downloads";
import type { IconName } from "../icons";
import { type Store, useStore } from "../store";
import { strings } from "../strings";

export interface EpisodeAction {
  icon: IconName;
  label: string;
  run: () => void;
  brief: boolean; // has a place in a row
  testId: string;
}

export function useEpisodeActions(episode: Episode): EpisodeAction[] {
  const store = useStore();
  const downloads = useDownloads();
  const done = episode.play?.completed ?? false;
  const actions: EpisodeAction[] = [];
  const sound = episode.audioUrl !== "";
  if (sound) actions.push(queueAction(store, episode), nextAction(store, episode));
  const words = sound ? strings.episode.mark : strings.episode.markRead;
  actions.push({
    icon: done ? "undo" : "check",
    label: done ? words.undone : words.done,
    brief: true,
    testId: "episode-mark",
    run: () => markDone(store, episode, !done),
  });
  const kept = downloads.isKept(episode);
  actions.push({
    icon: kept ? "remove" : "download",
    label: kept ? strings.downloads.remove : strings.downloads.keep,
    brief: false,
    testId: "episode-keep",
    run: () => (kept ? void downloads.remove(episode) : void downloads.keep(episode)),
  });
  return actions;
}

/** Marks it, with a way back. */
export function markDone(store: Store, episode: Episode, completed: boolean): void {
  const { feed, id } = episode;
  store.attempt(store.command("play.mark", { feed, episode: id, completed }));
}

function queueAction(store: Store, { feed, id, title }: Episode): EpisodeAction {
  const queued = store.queue.value?.some((entry) => entry.feed === feed && entry.id === id) ?? false;
  const run = async () => {
    if (queued) await store.command("queue.remove", { feed, episode: id });
    else await store.command("queue.add", { feed, episode: id, next: false });
    const text = queued ? strings.queue.removed(title) : strings.queue.added(title);
    store.notify({ level: "info", text, topic: "queue", action: undoQueue(store) });
  };
  return {
    icon: queued ? "queued" : "enqueue",
    label: queued ? strings.queue.remove : strings.queue.add,
    brief: true,
    testId: "episode-queue",
    run: () => store.attempt(run()),
  };
}

function nextAction(store: Store, { feed, id, title }: Episode): EpisodeAction {
  const run = async () => {
    await store.command("queue.add", { feed, episode: id, next: true });
    store.notify({ level: "info", text: strings.queue.addedNext(title), topic: "queue", action: undoQueue(store) });
  };
  return {
    icon: "next",
    label: strings.queue.addNext,
    brief: false,
    testId: "episode-next",
    run: () => store.attempt(run()),
  };
}

export function undoQueue(store: Store) {
  return { label: strings.app.undo, run: () => store.attempt(store.command("queue.undo", {})) };
}
