// What a device shows that another has removed: by whom and when, what that means, and the ways on.

import type { Device } from "../../protocol";
import { ScreenTitle } from "../controls";
import { day } from "../format";
import { Logo } from "../icons";
import { strings } from "../strings";
import { Ways } from "./ways";

export function Removed({ removed }: { removed: NonNullable<Device["removed"]> }) {
  return (
    <section class="stack welcome" data-testid="removed">
      <Logo />
      <ScreenTitle>{strings.removed.title}</ScreenTitle>
      <p role="status">
        <strong>{strings.removed.body(removed.by, day(removed.atMs))}</strong> {strings.removed.stays}
      </p>
      <p>{strings.removed.ways}</p>
      <Ways texts={strings.removed} prepare={() => Promise.resolve(true)} />
    </section>
  );
}
