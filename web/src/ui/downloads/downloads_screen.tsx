// What is kept on this device, and how much room it takes.

import { useState } from "preact/hooks";
import { BackToSettings, Confirm, IconButton, RowFacts, ScreenTitle, ToInbox } from "../controls";
import { size } from "../devices/storage";
import { StorageSection } from "../devices/storage_section";
import { day } from "../format";
import { hashOf } from "../route";
import { strings } from "../strings";
import { DownloadState } from "./download_state";
import { type Kept, useDownloads } from "./downloads";

export function DownloadsScreen() {
  const downloads = useDownloads();
  const [asking, setAsking] = useState(false);
  const kept = [...downloads.kept.value.values()].sort((left, right) => right.savedMs - left.savedMs);
  const loading = [...downloads.loading.value.values()];
  const octets = kept.reduce((sum, it) => sum + it.octets, 0);
  return (
    <div class="stack">
      <BackToSettings />
      <div class="row wrap">
        <ScreenTitle>{strings.downloads.title}</ScreenTitle>
        {kept.length > 0 && (
          <>
            <span class="quiet">{strings.downloads.summary(kept.length, size(octets))}</span>
            <button class="small" data-testid="remove-all" onClick={() => setAsking(true)}>
              {strings.downloads.removeAll}
            </button>
          </>
        )}
      </div>
      {loading.map(({ episode }) => (
        <section key={`${episode.feed} ${episode.id}`} class="card stack tight">
          <h2>{episode.title}</h2>
          <DownloadState episode={episode} />
        </section>
      ))}
      {kept.length === 0 && loading.length === 0 && (
        <div class="empty">
          <h2>{strings.downloads.emptyTitle}</h2>
          <p>{strings.downloads.emptyBody}</p>
          <ToInbox />
        </div>
      )}
      <ul class="plain stack tight">
        {kept.map((it) => (
          <KeptRow key={it.name} kept={it} />
        ))}
      </ul>
      <StorageSection />
      {asking && (
        <Confirm
          title={strings.downloads.removeAllTitle}
          confirm={strings.downloads.removeAll}
          onConfirm={() => (setAsking(false), void downloads.removeAll())}
          onCancel={() => setAsking(false)}
        >
          {strings.downloads.removeAllBody}
        </Confirm>
      )}
    </div>
  );
}

function KeptRow({ kept }: { kept: Kept }) {
  const downloads = useDownloads();
  return (
    <li class="card queue-entry" data-testid="kept-row">
      <div class="grow">
        <h2 class="clamp">
          <a class="plain-link" href={hashOf({ page: "episode", feed: kept.feed, id: kept.id })}>
            {kept.title}
          </a>
        </h2>
        <RowFacts source={kept.feedTitle} facts={[size(kept.octets), day(kept.savedMs)]} />
      </div>
      <IconButton
        icon="remove"
        label={strings.downloads.removeNamed(kept.title)}
        testId="kept-remove"
        onClick={() => void downloads.remove(kept)}
      />
    </li>
  );
}
