import { once } from "node:events";
import { connect } from "node:tls";
import type { TestCertificate } from "./delivery-sites.ts";

/** One GET on a connection of its own, with the session ticket of an earlier one: the answer, the new ticket, whether it was resumed. */
export async function askOnce(
  port: number,
  ca: string,
  { cert, key }: TestCertificate,
  path: string,
  session?: Buffer,
) {
  const socket = connect({ port, host: "127.0.0.1", ca, cert, key, session });
  const tickets: Buffer[] = [];
  const parts: Buffer[] = [];
  let resumed = false;
  socket.on("secureConnect", () => {
    resumed = socket.isSessionReused();
  });
  socket.on("session", (ticket) => tickets.push(ticket)).on("data", (part) => parts.push(part));
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  await once(socket, "close");
  return { text: Buffer.concat(parts).toString(), ticket: tickets[0], resumed };
}
