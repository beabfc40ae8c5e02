// What people choose about skypod, for all their devices or for this one only.

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Setting } from "../../protocol";
import { ScreenTitle } from "../controls";
import { number } from "../format";
import { Icon } from "../icons";
import { SPEEDS, speedLabel } from "../player/speeds";
import { Switch } from "../player/sound_controls";
import type { PreferenceName } from "../preferences";
import { hashOf } from "../route";
import { helpShown } from "../shortcuts/help";
import { useStore } from "../store";
import { languages, strings } from "../strings";
import { InstallSection } from "./install_section";
import { BackupSection } from "./backup_section";

const everywhere = signal(true); // whether a choice is for all devices

const SKIPS = [5, 10, 15, 20, 30, 45, 60, 90, 120] as const;
const SIZES = [80, 90, 100, 110, 125, 150, 175, 200] as const;

export function SettingsScreen() {
  return (
    <div class="stack">
      <ScreenTitle>{strings.settings.title}</ScreenTitle>
      <Scope />
      <Group title={strings.settings.playing}>
        <Select name="speed" label={strings.player.speed} options={SPEEDS.map((it) => [it, speedLabel(it)])} />
        <Toggle name="silence" label={strings.settings.silence} />
        <Toggle name="volume" label={strings.settings.volume} />
        <Toggle name="advance" label={strings.settings.advance} />
        <Select
          name="back"
          label={strings.settings.back}
          options={SKIPS.map((it) => [it, strings.settings.seconds(it)])}
        />
        <Select
          name="forward"
          label={strings.settings.forward}
          options={SKIPS.map((it) => [it, strings.settings.seconds(it)])}
        />
      </Group>
      <Group title={strings.settings.looks}>
        <Select name="theme" label={strings.settings.theme} options={Object.entries(strings.settings.themes)} />
        <Select
          name="language"
          label={strings.settings.language}
          options={[["auto", strings.settings.asBrowser], ...Object.entries(languages)]}
        />
      </Group>
      <Group title={strings.settings.reading}>
        <Select name="text" label={strings.settings.text} options={SIZES.map((it) => [it, `${number(it)} %`])} />
        <Toggle name="images" label={strings.settings.images} />
      </Group>
      <InstallSection />
      <BackupSection />
      <nav class="card stack tight" aria-label={strings.settings.more}>
        <a class="line" href={hashOf({ page: "downloads" })}>
          <Icon name="download" />
          {strings.downloads.title}
        </a>
        <a class="line" href={hashOf({ page: "messages" })}>
          <Icon name="messages" />
          {strings.app.messages}
        </a>
        <button class="line" data-testid="show-help" onClick={() => (helpShown.value = true)}>
          <Icon name="keyboard" />
          {strings.shortcuts.title}
        </button>
      </nav>
    </div>
  );
}

function Scope() {
  return (
    <div class="stack tight">
      <div class="segments" role="group" aria-label={strings.settings.scope}>
        {[true, false].map((all) => (
          <button
            key={String(all)}
            class="small"
            aria-pressed={everywhere.value === all}
            data-testid={all ? "scope-all" : "scope-here"}
            onClick={() => (everywhere.value = all)}
          >
            {all ? strings.settings.all : strings.settings.here}
          </button>
        ))}
      </div>
      <p class="quiet">{everywhere.value ? strings.settings.allHelp : strings.settings.hereHelp}</p>
    </div>
  );
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card stack" aria-label={title}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Chooses for the chosen scope. A choice for all would not be seen where this device has one of its own: that goes. */
function usePrefer(name: PreferenceName): (value: Setting) => void {
  const store = useStore();
  return (value) => {
    const choose = async () => {
      await store.prefer(name, value, everywhere.value);
      if (everywhere.value && isOwn(store.preferences.known.value.here[name])) await store.prefer(name, null, false);
    };
    store.attempt(choose());
  };
}

const isOwn = (value: Setting | undefined) => value !== undefined;

function OwnMark({ name }: { name: PreferenceName }) {
  const store = useStore();
  if (!isOwn(store.preferences.known.value.here[name])) return null;
  return (
    <button class="small" onClick={() => store.attempt(store.prefer(name, null, false))}>
      {strings.settings.asAll}
    </button>
  );
}

interface SelectProps {
  name: PreferenceName;
  label: string;
  options: readonly (readonly [Setting, string])[];
}

function Select({ name, label, options }: SelectProps) {
  const value = useStore().preferences.all.value[name];
  const prefer = usePrefer(name);
  const choose = (at: number) => options[at] && prefer(options[at][0]);
  const known = options.some(([it]) => it === value);
  return (
    <div class="row wrap between">
      <label class="setting">
        <span>{label}</span>
        <select
          data-testid={`set-${name}`}
          value={String(options.findIndex(([it]) => it === value))}
          onChange={(event) => choose(Number(event.currentTarget.value))}
        >
          {!known && <option value="-1">{String(value)}</option>}
          {options.map(([it, text], at) => (
            <option key={it} value={at}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <OwnMark name={name} />
    </div>
  );
}

function Toggle({ name, label }: { name: PreferenceName; label: string }) {
  const value = useStore().preferences.all.value[name];
  const prefer = usePrefer(name);
  return (
    <div class="row wrap between">
      <Switch label={label} on={value === 1} set={(on) => prefer(on ? 1 : 0)} testId={`set-${name}`} />
      <OwnMark name={name} />
    </div>
  );
}
