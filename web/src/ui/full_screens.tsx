// What fills the page while there is no core behind it.

import { strings } from "./strings";
import { Logo } from "./icons";

export function Starting() {
  return (
    <main class="full-screen">
      <Logo />
      <p class="late quiet" role="status">
        {strings.app.starting}
      </p>
    </main>
  );
}

export function Failed({ reason }: { reason: string }) {
  return (
    <main class="full-screen" data-testid="failed">
      <Logo />
      <h1>{strings.app.failedTitle}</h1>
      <p role="alert">{reason}</p>
      <button class="primary" onClick={() => location.reload()}>
        {strings.app.reload}
      </button>
    </main>
  );
}
