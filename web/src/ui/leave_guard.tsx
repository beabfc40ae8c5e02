// Asks before a screen is left on which something is unfinished. In place for as long as it is rendered.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Confirm } from "./controls";
import { hold, release, wanted } from "./route";

interface LeaveGuardProps {
  title: string;
  children: ComponentChildren; // what leaving means
  confirm: string;
  stay: string;
  onLeave: () => void; // the person has agreed; the screen goes after this
}

export function LeaveGuard({ title, children, confirm, stay, onLeave }: LeaveGuardProps) {
  useEffect(() => {
    const ask = (event: Event) => event.preventDefault(); // closing the tab: the browser asks in its own words
    hold();
    window.addEventListener("beforeunload", ask);
    return () => {
      release();
      window.removeEventListener("beforeunload", ask);
    };
  }, []);
  const to = wanted.value;
  if (to === null) return null;
  const leave = () => {
    release();
    onLeave();
    location.hash = to;
  };
  return (
    <Confirm {...{ title, confirm }} cancel={stay} onConfirm={leave} onCancel={() => (wanted.value = null)}>
      {children}
    </Confirm>
  );
}
