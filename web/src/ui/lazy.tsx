// Components that come after the first paint, in a file of their own.

import type { FunctionComponent } from "preact";
import { useEffect, useState } from "preact/hooks";
import { strings } from "./strings";

/** A component that is loaded when it is first shown; `meanwhile` fills its place. */
export function lazy<Props extends object>(
  load: () => Promise<FunctionComponent<Props>>,
  meanwhile: FunctionComponent = () => null,
): FunctionComponent<Props> {
  let loaded: FunctionComponent<Props> | null = null;
  return (props) => {
    const [failed, setFailed] = useState(false);
    const [, setReady] = useState(loaded !== null);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (component) => {
          loaded = component;
          setReady(true);
        },
        () => setFailed(true),
      );
    }, []);
    if (failed) return <p role="alert">{strings.app.unexpected}</p>;
    const Component = loaded;
    return Component ? <Component {...props} /> : meanwhile({});
  };
}
