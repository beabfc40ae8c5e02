// Runs a test in network, process and mount namespaces of its own, so that nothing of it outlives it: the program calls
// `ownNetwork()` first, which starts the program again inside and ends it with the same code. Where that is not
// permitted, says so and ends with 77, which CTest takes for skipped.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";

const SKIPPED = 77;
const INSIDE = "SKYPOD_OWN_NETWORK";
const SPACES = ["--net", "--mount", "--pid", "--mount-proc", "--fork", "--kill-child"];

function skip(why) {
  console.log(`skipped: ${why}`);
  process.exit(SKIPPED);
}

/** Why it cannot be, or "". */
function obstacle(spaces) {
  try {
    accessSync("/dev/net/tun", constants.R_OK | constants.W_OK);
  } catch {
    return "/dev/net/tun cannot be opened here; networks of tests are made of TUN devices";
  }
  const attempt = spawnSync("unshare", [...spaces, "sh", "-c", "mount -t tmpfs tmpfs /run && ip netns add attempt"]);
  return attempt.status === 0 ? "" : "network namespaces are not permitted here; run as root, or allow user namespaces";
}

/** Comes back only inside; there `/run` is an empty directory of this test. */
export async function ownNetwork() {
  if (process.env[INSIDE]) {
    spawnSync("mount", ["-t", "tmpfs", "tmpfs", "/run"]);
    return;
  }
  const spaces = process.getuid() === 0 ? SPACES : ["--user", "--map-root-user", ...SPACES];
  const why = obstacle(spaces);
  if (why) skip(why);
  const words = [...spaces, process.execPath, ...process.argv.slice(1)];
  const child = spawn("unshare", words, { stdio: "inherit", env: { ...process.env, [INSIDE]: "1" } });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill("SIGKILL"));
  process.exit(await new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1))));
}
