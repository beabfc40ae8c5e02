// A World with what is public in it: the real server and coturn, which share a secret as docs/OPERATIONS.md says.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Skypod } from "../e2e/servers.mjs";
import { TurnServer } from "./turn_server.mjs";
import { PUBLIC, World } from "./world.mjs";

const TURN = "/usr/bin/turnserver";

/** `skypod` and `wire` are programs; `folder` keeps what they write. */
export class Internet extends World {
  constructor({ skypod, wire, folder }) {
    super(folder, wire);
    this.skypod = skypod;
    this.secret = randomBytes(24).toString("hex");
    this.turn = new TurnServer(this.program("pub", TURN), { address: PUBLIC, secret: this.secret, folder });
    this.server = new Skypod(this.program("pub", skypod), join(folder, "server"), {
      address: PUBLIC,
      options: ["--stun", this.turn.stun, ...this.turn.urls.flatMap((url) => ["--turn", url])],
      env: { SKYPOD_TURN_SECRET: this.secret },
    });
  }

  /** Builds it, with so many households, and starts both servers. */
  async start(households) {
    await this.build(households);
    await this.turn.start();
    await this.server.start();
  }

  /** The program `skypod` on the device of the `number`-th household. */
  skypodOf(number) {
    return this.households[number].program(this.skypod);
  }

  kill() {
    this.turn.stop();
    this.server.process?.kill("SIGKILL");
  }
}
