// What holds for one feed only: where it is sorted in, how its episodes are played and read, and who may know of it.

import { useState } from "preact/hooks";
import type { Subscription } from "../../protocol";
import { Problem, useTask } from "../controls";
import { SPEEDS, speedLabel } from "../player/speeds";
import type { FeedPreferences } from "../preferences";
import { useStore } from "../store";
import { strings } from "../strings";
import { FeedReach } from "./feed_reach";
import { typedTags } from "./folders";

interface Props {
  subscription: Subscription;
  close: () => void;
}

export function FeedSettings({ subscription, close }: Props) {
  const { feed } = subscription;
  const store = useStore();
  const task = useTask();
  const [folder, setFolder] = useState(subscription.folder);
  const [tags, setTags] = useState(subscription.tags.join(", "));
  const folders = [...new Set((store.subscriptions.value ?? []).map((it) => it.folder).filter(Boolean))];
  const organise = (event: Event) => {
    event.preventDefault();
    task.run(async () => {
      await store.command("library.organise", { feed, folder: folder.trim(), tags: typedTags(tags) });
      store.notify({ level: "info", text: strings.feedSettings.saved });
      close();
    });
  };
  return (
    <form class="card stack" aria-label={strings.feedSettings.open} onSubmit={organise}>
      <div class="row wrap">
        <label class="field grow">
          {strings.feedSettings.folder}
          <input
            list="folders"
            maxLength={80}
            value={folder}
            data-testid="feed-folder"
            onInput={(event) => setFolder(event.currentTarget.value)}
          />
          <datalist id="folders">
            {folders.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <label class="field grow">
          {strings.feedSettings.tags}
          <input
            maxLength={400}
            value={tags}
            placeholder={strings.feedSettings.tagsHelp}
            data-testid="feed-tags"
            onInput={(event) => setTags(event.currentTarget.value)}
          />
        </label>
      </div>
      <Sound feed={feed} attempt={task.run} />
      <FeedReach subscription={subscription} attempt={task.run} />
      <Problem text={task.problem} />
      <div class="row end">
        <button type="button" onClick={close}>
          {strings.app.cancel}
        </button>
        <button class="primary" data-testid="feed-organise" disabled={task.busy}>
          {strings.devices.save}
        </button>
      </div>
    </form>
  );
}

/** How this feed's episodes are played and read. */
function Sound({ feed, attempt }: { feed: string; attempt: (task: () => Promise<void>) => void }) {
  const store = useStore();
  const chosen = store.preferences.forFeed(feed);
  const set = (changed: FeedPreferences) => attempt(() => store.preferForFeed(feed, changed));
  return (
    <>
      <div class="row wrap">
        <label class="field grow">
          {strings.player.speed}
          <select
            data-testid="feed-speed"
            value={chosen.speed ?? ""}
            onChange={(event) => set({ speed: Number(event.currentTarget.value) || undefined })}
          >
            <option value="">{strings.feedSettings.asEverywhere}</option>
            {SPEEDS.map((speed) => (
              <option key={speed} value={speed}>
                {speedLabel(speed)}
              </option>
            ))}
          </select>
        </label>
        <Choice label={strings.settings.silence} value={chosen.silence} choose={(silence) => set({ silence })} />
        <Choice label={strings.feedSettings.full} value={chosen.full} choose={(full) => set({ full })} />
      </div>
      <div class="row wrap">
        <Seconds
          label={strings.feedSettings.intro}
          value={chosen.intro}
          choose={(intro) => set({ intro })}
          testId="feed-intro"
        />
        <Seconds
          label={strings.feedSettings.outro}
          value={chosen.outro}
          choose={(outro) => set({ outro })}
          testId="feed-outro"
        />
      </div>
    </>
  );
}

interface ChoiceProps {
  label: string;
  value: number | undefined;
  choose: (value: number | undefined) => void;
}

function Choice({ label, value, choose }: ChoiceProps) {
  const pick = (picked: string) => choose(picked === "" ? undefined : Number(picked));
  return (
    <label class="field grow">
      {label}
      <select value={value ?? ""} onChange={(event) => pick(event.currentTarget.value)}>
        <option value="">{strings.feedSettings.asEverywhere}</option>
        <option value="1">{strings.app.yes}</option>
        <option value="0">{strings.app.no}</option>
      </select>
    </label>
  );
}

function Seconds({ label, value, choose, testId }: ChoiceProps & { testId: string }) {
  const pick = (typed: number) => choose(Number.isFinite(typed) && typed > 0 ? Math.min(3600, typed) : undefined);
  return (
    <label class="field grow">
      {label}
      <input
        type="number"
        min={0}
        max={3600}
        inputMode="numeric"
        placeholder="0"
        data-testid={testId}
        value={value ?? ""}
        onChange={(event) => pick(event.currentTarget.valueAsNumber)}
      />
    </label>
  );
}
