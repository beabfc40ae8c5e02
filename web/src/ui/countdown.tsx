// Time that runs out in front of people.

import { useEffect, useState } from "preact/hooks";

/** Whole seconds until then, told anew every second; 0 once it has passed. */
export function useSecondsUntil(endMs: number): number {
  const left = () => Math.max(0, Math.ceil((endMs - Date.now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = window.setInterval(() => setSeconds(left()), 1000);
    return () => window.clearInterval(timer);
  }, [endMs]);
  return seconds;
}
