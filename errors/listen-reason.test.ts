import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { listenReason } from "./listen-reason.ts";

async function refused(port: number, host: string): Promise<unknown> {
  const [cause] = await once(createServer().listen(port, host), "error");
  return cause;
}

it("says who has the port, and that an address is not this machine's", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(listenReason(await refused(port, "127.0.0.1"))).toBe("another program does (EADDRINUSE)");
  server.close();
  expect(listenReason(await refused(0, "192.0.2.7"))).toBe("no such address of this machine (EADDRNOTAVAIL)");
});

it("keeps the sentence of what it has no words for", () => {
  expect(listenReason(new Error("listen is over"))).toBe("listen is over");
});
