// The least that a WebSocket server of the npm package `ws` has to do to be compared with ours: rooms of 64, in the
// order of connecting, in which whatever one says goes to the others. Prints its port.
import { createRequire } from "node:module";

const require = createRequire(new URL("../web/package.json", import.meta.url));
const { WebSocketServer } = require("ws");

const MEMBERS = 64;
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
const rooms = [];

server.on("connection", (socket) => {
  if ((rooms.at(-1)?.length ?? MEMBERS) === MEMBERS) rooms.push([]);
  const room = rooms.at(-1);
  room.push(socket);
  socket.on("message", (octets) => {
    for (const other of room) if (other !== socket) other.send(octets, { binary: false });
  });
});
server.on("listening", () => console.log(server.address().port));
