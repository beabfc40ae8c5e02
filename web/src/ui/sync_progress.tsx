// How far this device is with what it gets from others: changes of a connected device, and the episodes of feeds that
// are new here. Nothing is shown when there is nothing to wait for.

import { type Progress, useStore } from "./store";
import { strings } from "./strings";

export function SyncProgress() {
  const store = useStore();
  const { transfers, fetching, peers } = store;
  const coming = [...transfers.value].filter(([peer]) => isConnected(peers.value, peer));
  return (
    <div class="sync-progress">
      {coming.map(([peer, progress]) => (
        <Bar key={peer} text={strings.sync.receiving(store.nameOf(peer, strings.sync.device))} progress={progress} />
      ))}
      {fetching.value.left > 0 && <Bar text={strings.sync.fetching} progress={fetching.value} />}
    </div>
  );
}

function Bar({ text, progress: { done, left } }: { text: string; progress: Progress }) {
  const total = done + left;
  return (
    <label data-testid="sync-progress" data-done={done} data-left={left}>
      <span>{strings.sync.state(text, done, total)}</span>
      <progress max={total} value={done} />
    </label>
  );
}

function isConnected(peers: { id: string; state: string }[], id: string): boolean {
  return peers.some((peer) => peer.id === id && peer.state === "connected");
}
