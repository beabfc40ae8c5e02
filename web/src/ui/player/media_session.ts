// The player on lock screens, headsets and keyboards.

import { effect } from "@preact/signals";
import type { Episode } from "../../protocol";
import type { Preferences } from "../preferences";
import type { Player } from "./player";

export interface SessionParts {
  player: Player;
  preferences: () => Preferences;
  pictureOf: (episode: Episode) => Promise<string>; // its address, or ""
  next: () => void;
}

/** Tells the browser what plays, and does what its buttons ask. */
export function startMediaSession({ player, preferences, pictureOf, next }: SessionParts): void {
  const session = navigator.mediaSession as MediaSession | undefined;
  if (!session) return;
  const handlers: Partial<Record<MediaSessionAction, (details: MediaSessionActionDetails) => void>> = {
    play: () => player.resume(),
    pause: () => player.pause(),
    stop: () => player.pause(),
    seekbackward: ({ seekOffset }) => player.skip(-(seekOffset ?? preferences().back)),
    seekforward: ({ seekOffset }) => player.skip(seekOffset ?? preferences().forward),
    seekto: ({ seekTime }) => seekTime !== undefined && player.seekTo(seekTime),
    nexttrack: next,
  };
  for (const [action, handler] of Object.entries(handlers)) {
    try {
      session.setActionHandler(action as MediaSessionAction, handler);
    } catch {
      continue; // a browser need not know every action
    }
  }
  effect(() => {
    const episode = player.episode.value;
    if (!episode) return;
    const show = (picture: string) => {
      if (player.episode.value !== episode) return;
      const artwork = picture ? [{ src: picture }] : [];
      session.metadata = new MediaMetadata({ title: episode.title, artist: episode.feedTitle, artwork });
    };
    show("");
    pictureOf(episode).then(show, () => {}); // it plays without one, too
  });
  effect(() => void (session.playbackState = player.playing.value ? "playing" : "paused"));
  effect(() => {
    const duration = player.durationS.value;
    const position = player.positionS.value;
    if (duration === null || position > duration) return;
    session.setPositionState({ duration, position, playbackRate: player.speed.value });
  });
}
