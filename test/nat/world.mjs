// A small internet of network namespaces: the public part, with the server and coturn, and households around it, each a
// device behind a router. Between a router and the public part is a wire that takes time (wire.cpp) and loses packets.
//
//   pub ──wire── router0 ── device0
//   pub ──wire── router1 ── device1 …
//
// Needs own_network.mjs first.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The public address of the server and coturn. */
export const PUBLIC = "198.51.100.1";

/** What routers can be. Ports are kept where they can be, and nobody is let in who was not spoken to. */
export const NATS = {
  open: { translates: false },
  "port-restricted": { translates: true },
  symmetric: { translates: true, random: true },
  "no UDP": { translates: true, dropsUdp: true },
};

const SINK = "192.0.2.2"; // where the public part sends what nobody has

/** The `number`-th household's addresses. */
function addressesOf(number) {
  const net = `203.0.${number + 113}`;
  return { outer: `${net}.1`, gateway: `${net}.129`, inner: `${net}.130`, spare: `${net}.131`, lan: `${net}.128/25` };
}

/** Runs a program in a namespace, to its end. */
function within(space, program, ...words) {
  return execFileSync("nsenter", [`--net=/run/netns/${space}`, program, ...words], { encoding: "utf8" });
}

/** Runs `ip` once for many lines. */
function ip(space, ...lines) {
  const input = `${lines.join("\n")}\n`;
  execFileSync("nsenter", [`--net=/run/netns/${space}`, "ip", "-batch", "-"], { input, stdio: ["pipe", "pipe", "inherit"] });
}

function addSpace(name) {
  execFileSync("ip", ["netns", "add", name]);
  ip(name, "link set lo up");
  within(name, "sysctl", "-qw", "net.ipv4.ip_forward=1");
}

/** One wire, and how long it takes. */
class Wire {
  #lines;

  constructor(program, ...ends) {
    const words = ends.flatMap(({ space, name }) => [`/run/netns/${space}`, name]);
    this.process = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  async #hear(word) {
    const { value } = await this.#lines.next();
    if (value !== word) throw new Error(`the wire said "${value}" for "${word}"`);
  }

  ready() {
    return this.#hear("ready");
  }

  async delay(oneWayMs) {
    this.process.stdin.write(`${Math.round(oneWayMs * 1000)}\n`);
    await this.#hear("set");
  }
}

/** A device's home. Programs started by `program()` run on the device. */
export class Household {
  loss = 0;

  constructor(world, number) {
    this.world = world;
    this.number = number;
    this.router = `router${number}`;
    this.device = `device${number}`;
    this.line = `line${number}`; // what the public part calls the wire
    this.addresses = addressesOf(number);
  }

  async build(wireProgram) {
    const { outer, gateway, lan } = this.addresses;
    addSpace(this.router);
    addSpace(this.device);
    this.wire = new Wire(wireProgram, { space: "pub", name: this.line }, { space: this.router, name: "wan" });
    await this.wire.ready();
    ip("pub", `link set ${this.line} up`, `route add ${outer} dev ${this.line}`, `route add ${lan} dev ${this.line}`);
    ip(
      this.router,
      `addr add ${outer}/32 dev wan`,
      "link set wan up",
      "route add default dev wan",
      `link add lan type veth peer name eth0 netns ${this.device}`,
      `addr add ${gateway}/25 dev lan`,
      "link set lan up",
    );
    this.use(this.addresses.inner);
  }

  /** The device has this address, and no other. */
  use(address) {
    ip(this.device, "addr flush dev eth0", `addr add ${address}/25 dev eth0`);
    this.plug();
  }

  /** Its interface is down. */
  unplug() {
    ip(this.device, "link set eth0 down");
  }

  plug() {
    ip(this.device, "link set eth0 up", `route replace default via ${this.addresses.gateway}`);
  }

  /** The router is of that kind from now on, and forgets what it had translated before. */
  become(nat) {
    const { translates, random, dropsUdp } = NATS[nat];
    const { lan } = this.addresses;
    ip("pub", translates ? `route replace blackhole ${lan}` : `route replace ${lan} dev ${this.line}`);
    this.#rules("filter", [
      // An early packet from outside that the router took for itself would keep the port from the device.
      ...(translates ? ["-A INPUT -i wan -m conntrack --ctstate NEW -j DROP"] : []),
      ...(dropsUdp ? ["-A FORWARD -p udp -j DROP"] : []),
      ...(translates ? ["-A FORWARD -i wan -m conntrack ! --ctstate ESTABLISHED,RELATED -j DROP"] : []),
    ]);
    this.#rules("nat", translates ? [`-A POSTROUTING -o wan -j MASQUERADE${random ? " --random-fully" : ""}`] : []);
  }

  /** From now on the wire loses each packet with this probability, either way. */
  lose(probability) {
    this.loss = probability;
    this.#rules("mangle", losing("wan", probability));
    restore("pub", "mangle", this.world.households.flatMap(({ line, loss }) => losing(line, loss)));
  }

  /** A program that is `path`, run on the device. */
  program(path) {
    return this.world.program(this.device, path);
  }

  #rules(table, lines) {
    restore(this.router, table, lines);
  }
}

/** The rule that packets from a device are lost with this probability; none for 0. */
function losing(device, probability) {
  const lottery = `-m statistic --mode random --probability ${probability.toFixed(6)}`;
  return probability > 0 ? [`-A PREROUTING -i ${device} ${lottery} -j DROP`] : [];
}

/** The rules of a table, in place of those before. */
function restore(space, table, lines) {
  const input = `*${table}\n${lines.join("\n")}\nCOMMIT\n`;
  execFileSync("nsenter", [`--net=/run/netns/${space}`, "iptables-restore"], { input, stdio: ["pipe", "pipe", "inherit"] });
}

/** The whole. */
export class World {
  households = [];

  /** `folder` keeps what this writes. */
  constructor(folder, wireProgram) {
    this.folder = folder;
    this.wireProgram = wireProgram;
    mkdirSync(folder, { recursive: true });
  }

  async build(households) {
    addSpace("pub");
    // A relay that cannot reach a candidate's address must hear nothing, rather than that there is no way.
    ip(
      "pub",
      `addr add ${PUBLIC}/32 dev lo`,
      "link add sink type veth peer name hole",
      "addr add 192.0.2.1/30 dev sink",
      "link set sink up",
      "link set hole up",
      `neigh add ${SINK} lladdr 02:00:00:00:00:01 dev sink nud permanent`,
      `route add default via ${SINK}`,
    );
    for (let number = 0; number < households; number++) {
      const household = new Household(this, number);
      await household.build(this.wireProgram);
      this.households.push(household);
    }
  }

  /**
   * What is between any two devices from now on: the kind of both routers, the probability that a packet is lost on
   * its way, and the time there and back in ms.
   */
  async become({ nat, loss, rttMs }) {
    for (const household of this.households) {
      household.become(nat);
      household.lose(1 - Math.sqrt(1 - loss));
      await household.wire.delay(rttMs / 4);
    }
  }

  /** A program that is `path`, run in a namespace: a script, for whoever wants the name of one file. */
  program(space, path) {
    const script = join(this.folder, `${space}-${path.split("/").at(-1)}`);
    writeFileSync(script, `#!/bin/sh\nexec nsenter --net=/run/netns/${space} ${path} "$@"\n`);
    chmodSync(script, 0o755);
    return script;
  }
}
