// Everything around the player that its screens show and change.

import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { SleepTimer } from "./sleep_timer";
import type { Sound } from "./sound";

export interface Listening {
  sound: Sound;
  sleep: SleepTimer;
  next: () => void; // of the queue
}

export const ListeningContext = createContext<Listening | null>(null);

export function useListening(): Listening {
  const listening = useContext(ListeningContext);
  if (!listening) throw new Error("no player above this component");
  return listening;
}
