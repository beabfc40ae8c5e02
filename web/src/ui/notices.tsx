// Sentences that come and go. Good news leaves by itself; a warning waits to be dismissed.
// An alarm waits too, and interrupts whoever listens to a screen reader.

import { useEffect } from "preact/hooks";
import { IconButton } from "./controls";
import { Icon } from "./icons";
import { type Notice, useStore } from "./store";
import { strings } from "./strings";

const SHOWN_MS = 8000;
const SHOWN_WITH_ACTION_MS = 20_000;

export function Notices() {
  const { notices } = useStore();
  const alarms = notices.value.filter(({ level }) => level === "alarm");
  const others = notices.value.filter(({ level }) => level !== "alarm");
  return (
    <section class="notices" role="region" aria-label={strings.notices.region}>
      <Toasts live="assertive" notices={alarms} />
      <Toasts live="polite" notices={others} />
    </section>
  );
}

function Toasts({ live, notices }: { live: "assertive" | "polite"; notices: Notice[] }) {
  return (
    <div class="stack tight" aria-live={live}>
      {notices.toReversed().map((notice) => (
        <Toast key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function Toast({ notice }: { notice: Notice }) {
  const store = useStore();
  const dismiss = () => store.dismiss(notice.id);
  const act = () => {
    dismiss();
    notice.action?.run();
  };
  const good = notice.level === "info";
  useEffect(() => {
    if (!good || notice.lasting) return;
    const timer = window.setTimeout(dismiss, notice.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
    return () => window.clearTimeout(timer);
  }, []);
  return (
    <div class={`toast ${notice.level}`} data-testid="notice" data-level={notice.level}>
      <Icon name={good ? "check" : "alert"} />
      <span class="grow">
        {notice.level === "alarm" && <strong>{strings.notices.alarm} </strong>}
        {notice.text}
      </span>
      {notice.action && (
        <button class="small" data-testid="notice-action" onClick={act}>
          {notice.action.label}
        </button>
      )}
      <IconButton icon="close" label={strings.notices.dismiss} onClick={dismiss} />
    </div>
  );
}
