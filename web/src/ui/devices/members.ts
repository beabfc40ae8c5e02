// Who is and was in the realm, asked again whenever something about that may have changed.

import { useEffect, useState } from "preact/hooks";
import type { Members } from "../../protocol";
import { sentence, useStore } from "../store";

/** null until first answered. */
export function useMembers(): Members | null {
  const store = useStore();
  const [members, setMembers] = useState<Members | null>(null);
  useEffect(() => {
    let wanted = true;
    store.command("realm.members", {}).then(
      (answer) => wanted && setMembers(answer),
      (error: unknown) => wanted && store.notify({ level: "warning", text: sentence(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [store.peers.value, store.device.value?.keyEpoch]);
  return members;
}
