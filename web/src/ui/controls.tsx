// Small parts that several screens are built from.

import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { CoreError } from "../protocol";
import { Icon, type IconName } from "./icons";
import { narrow } from "./narrow";
import { usePicture, WIDTHS } from "./pictures";
import { hashOf } from "./route";
import { sentence } from "./store";
import { strings } from "./strings";

/**
 * A screen's heading. Takes the focus as the screen appears, before the next key is pressed, so that keyboards and
 * screen readers start there, unless the screen gives it to something else.
 */
export function ScreenTitle({ children, focus = true }: { children: string; focus?: boolean }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    document.title = `${children} · ${strings.app.name}`;
    if (focus) heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [children]);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  choose: (checked: boolean) => void;
  testId?: string;
  light?: boolean; // for what few people need
}

/** A box to tick, with what that means beside it. */
export function Check({ label, checked, choose, testId, light = false }: CheckProps) {
  return (
    <label class={light ? "check light" : "check"}>
      <input
        type="checkbox"
        data-testid={testId}
        checked={checked}
        onChange={(event) => choose(event.currentTarget.checked)}
      />
      {label}
    </label>
  );
}

/** The heading of the next step on the same screen; takes the focus as ScreenTitle does. */
export function SubTitle({ children, id }: { children: string; id?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => heading.current?.focus(), [children]);
  return (
    <h2 ref={heading} id={id} tabIndex={-1}>
      {children}
    </h2>
  );
}

export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <a class="back" href={href}>
      <Icon name="back" />
      {children}
    </a>
  );
}

/** The way back from a screen that has no tab of its own where there is little room. */
export function BackToSettings() {
  return narrow.value ? <BackLink href={hashOf({ page: "settings" })}>{strings.settings.title}</BackLink> : null;
}

/** A sentence about what went wrong; empty text shows nothing but keeps the live region in the page. */
export function Problem({ text, id }: { text: string; id?: string }) {
  return (
    <p class="problem" role="alert" id={id}>
      {text && <Icon name="alert" />}
      {text}
    </p>
  );
}

/** What is under way; empty text as in Problem. */
export function Busy({ text }: { text: string }) {
  return (
    <p class="busy" role="status">
      {text && <span class="spinner" aria-hidden="true" />}
      {text}
    </p>
  );
}

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  class?: string;
  testId?: string;
  disabled?: boolean;
}

export function IconButton({ icon, label, onClick, class: style = "", testId, disabled }: IconButtonProps) {
  return (
    <button
      class={`icon-button ${style}`.trim()}
      aria-label={label}
      title={label}
      onClick={onClick}
      disabled={disabled}
      data-testid={testId}
    >
      <Icon name={icon} />
    </button>
  );
}

/** A picture that a feed names, or the title's first letter while there is none. */
export function Artwork({ address, feed, title }: { address: string; feed: string; title: string }) {
  const [source, failed] = usePicture(address, feed, WIDTHS.artwork);
  if (source) return <img class="artwork" src={source} alt="" loading="lazy" decoding="async" onError={failed} />;
  return (
    <span class="artwork letter" aria-hidden="true">
      {[...title.trim()][0]?.toLocaleUpperCase() ?? "?"}
    </span>
  );
}

/** The way on from a screen that has nothing to show. */
export function ToInbox() {
  return (
    <p>
      <a href={hashOf({ page: "inbox" })}>{strings.shortcuts.inbox}</a>
    </p>
  );
}

interface RowFactsProps {
  source: string; // where it is from, which is cut short where the line is
  facts: string[];
  children?: ComponentChildren; // before them
}

/** A row's small print. */
export function RowFacts({ source, facts, children }: RowFactsProps) {
  const others = facts.filter(Boolean).join(" · ");
  return (
    <p class="quiet facts">
      {children}
      {source && (
        <span class="source" dir="auto">
          {source}
        </span>
      )}
      {others && <span>{source ? `· ${others}` : others}</span>}
    </p>
  );
}

interface ConfirmProps {
  title: string;
  children: ComponentChildren;
  confirm: string;
  cancel?: string;
  onConfirm: () => void;
  onCancel: () => void;
}

/** Asks before something that is not easily undone. Escape cancels; `cancel` is that button's text. */
export function Confirm({ title, children, confirm, cancel, onConfirm, onCancel }: ConfirmProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onCancel} aria-labelledby="confirm-title">
      <h2 id="confirm-title">{title}</h2>
      <p>{children}</p>
      <div class="row wrap end">
        <button onClick={onCancel}>{cancel ?? strings.app.cancel}</button>
        <button class="danger" data-testid="confirm" onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </dialog>
  );
}

interface Task {
  busy: boolean;
  problem: string;
  passing: boolean; // the problem may be gone the next time
  run: (task: () => Promise<void>) => void;
}

/** Runs one task at a time and keeps what to show about it: `busy` while it runs, then the sentence if it failed. */
export function useTask(): Task {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = (task: () => Promise<void>) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    task()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  const passing = error instanceof CoreError && (error.status >= 500 || error.status === 429);
  return { busy, problem: error === null ? "" : sentence(error), passing, run };
}
