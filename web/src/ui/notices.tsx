// Sentences that come and go. Good news leaves by itself; a warning, or anything with a button, waits to be dismissed.

import { useEffect } from "preact/hooks";
import { IconButton } from "./controls";
import { Icon } from "./icons";
import { type Notice, useStore } from "./store";
import { strings } from "./strings";

const SHOWN_MS = 8000;

export function Notices() {
  const { notices } = useStore();
  return (
    <section class="notices" role="region" aria-label={strings.notices.region} aria-live="polite">
      {notices.value.map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function Toast({ notice }: { notice: Notice }) {
  const store = useStore();
  const dismiss = () => store.dismiss(notice.id);
  useEffect(() => {
    if (notice.level === "warning" || notice.action) return;
    const timer = window.setTimeout(dismiss, SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div class={`toast ${notice.level}`} data-testid="notice">
      <Icon name={notice.level === "warning" ? "alert" : "check"} />
      <span class="grow">{notice.text}</span>
      {notice.action && <button onClick={notice.action.run}>{notice.action.label}</button>}
      <IconButton icon="close" label={strings.notices.dismiss} onClick={dismiss} />
    </div>
  );
}
