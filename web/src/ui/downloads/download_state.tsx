// How far the download of one episode is.

import type { Episode } from "../../protocol";
import { size } from "../devices/storage";
import { Icon } from "../icons";
import { strings } from "../strings";
import { useDownloads } from "./downloads";

export function DownloadState({ episode }: { episode: Episode }) {
  const downloads = useDownloads();
  const key = `${episode.feed} ${episode.id}`;
  const loading = downloads.loading.value.get(key);
  const kept = downloads.kept.value.get(key);
  if (kept) {
    return (
      <p class="good" role="status" data-testid="kept">
        <Icon name="check" />
        {strings.downloads.keptSize(size(kept.octets))}
      </p>
    );
  }
  if (!loading) return null;
  const { received, total, problem } = loading;
  if (problem) {
    return (
      <p class="problem" role="alert">
        <Icon name="alert" />
        {problem}
        <button class="small" onClick={() => void downloads.keep(episode)}>
          {strings.app.retry}
        </button>
      </p>
    );
  }
  return (
    <div class="row" role="status" data-testid="loading">
      <progress
        class="grow"
        aria-label={strings.downloads.loading}
        max={total ?? undefined}
        value={total ? received : undefined}
      />
      <span class="quiet">{strings.downloads.received(size(received), total ? size(total) : null)}</span>
      <button class="small" onClick={() => downloads.cancel(episode)}>
        {strings.app.cancel}
      </button>
    </div>
  );
}
