// The chip that says how this device stands with the signalling server. The library works in every state.

import type { Device } from "../protocol";
import { Icon, type IconName } from "./icons";
import { useStore } from "./store";
import { said, strings } from "./strings";

const icons: Record<Device["link"], IconName> = {
  idle: "waiting",
  connecting: "waiting",
  online: "check",
  offline: "off",
  refused: "alert",
};

export function LinkState() {
  const device = useStore().device.value;
  if (!device) return null;
  const { link } = device;
  const reason = said(device.reasonCode) ?? device.reason;
  return (
    <span class="chip" role="status" data-testid="link-state" data-state={link} title={reason}>
      <Icon name={icons[link]} />
      {link === "refused" && reason ? reason : strings.link[link]}
    </span>
  );
}
