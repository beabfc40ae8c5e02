// A realm that has once removed an identity never takes it back, and two realms need not know that they share a
// device: whoever has been in a realm goes into the next one under a new identity.

import { openPasskey } from "../../host/passkey";
import type { Store } from "../store";

/** Makes a new identity if this one has been used, after its passkey is there again if one protects it. */
export async function renewIdentity(store: Store): Promise<void> {
  const { passkey, used } = store.identity.value;
  if (!used) return;
  const opened = passkey && (await openPasskey(passkey));
  await store.command("identity.renew", { passkey: opened });
  opened?.secret.fill(0);
}
