// How this browser keeps the library, and what can be done about it.

import { useEffect, useState } from "preact/hooks";
import { Problem } from "../controls";
import { Icon } from "../icons";
import { strings } from "../strings";
import { isLow, keepStorage, size, storageState, type StorageState } from "./storage";

export function StorageSection() {
  const [state, setState] = useState<StorageState | null>(null);
  const [refused, setRefused] = useState(false);
  const look = () => void storageState().then(setState);
  useEffect(look, []);
  const protect = async () => {
    setRefused(!(await keepStorage()));
    look();
  };
  return (
    <section
      class="card stack tight"
      aria-labelledby="storage"
      data-testid="storage"
      data-persistent={state?.persistent}
    >
      <h2 id="storage">{strings.storage.title}</h2>
      {state ? <Persistence {...{ state, refused, protect }} /> : <p class="quiet">{strings.storage.asking}</p>}
      {state && <Usage {...{ state }} />}
    </section>
  );
}

interface PersistenceProps {
  state: StorageState;
  refused: boolean;
  protect: () => void;
}

function Persistence({ state, refused, protect }: PersistenceProps) {
  if (state.persistent === null) return <p>{strings.storage.unknown}</p>;
  if (state.persistent) {
    return (
      <p class="good">
        <Icon name="check" />
        {strings.storage.persistent}
      </p>
    );
  }
  return (
    <>
      <p>{strings.storage.temporary}</p>
      <button class="self-start" data-testid="storage-protect" onClick={protect}>
        {strings.storage.protect}
      </button>
      <Problem text={refused ? strings.storage.refused : ""} />
    </>
  );
}

function Usage({ state }: { state: StorageState }) {
  const { used, quota } = state;
  if (used === null || quota === null) return null;
  return (
    <>
      <progress aria-label={strings.storage.usage} max={quota} value={used} />
      <p class="quiet">{strings.storage.used(size(used), size(quota))}</p>
      <Problem text={isLow(state) ? strings.storage.low : ""} />
    </>
  );
}
