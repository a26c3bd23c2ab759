import {
  type EmulatedNetwork,
  type EmulatedNetworkOptions,
  startEmulatedNetwork,
} from "../../emulator/index.ts";
import { happeningJson, happeningSentence } from "../happening-line.ts";
import { endOverdue, StopRequest } from "../stop-request.ts";

/** A reader that takes nothing keeps lines waiting in memory: beyond this none is added. */
const MOST_WAITING_BYTES = 1 << 20;

/** The links of a network in this process, until SIGINT or SIGTERM; prints their addresses once all listen. */
export async function emulateNetwork(options: EmulatedNetworkOptions, json: boolean): Promise<void> {
  const stop = new StopRequest(endOverdue);
  const out = process.stdout;
  try {
    const network = await startEmulatedNetwork({
      ...options,
      control: true,
      onHappening: (link, news) => {
        if (out.writableLength > MOST_WAITING_BYTES) return;
        out.write(
          json
            ? `${JSON.stringify({ ...(JSON.parse(happeningJson(news)) as object), link })}\n`
            : `${link}: ${happeningSentence(news)}`,
        );
      },
    });
    out.write(json ? readyJson(network) : readyLines(network));
    await stop.made;
    await network.stop();
  } finally {
    stop.close();
  }
}

function readyJson({ scenario, links }: EmulatedNetwork): string {
  const addresses = Object.fromEntries(Object.entries(links).map(([id, link]) => [id, link.addresses]));
  return `${JSON.stringify({ ready: true, network: scenario.name, links: addresses })}\n`;
}

function readyLines({ scenario, links }: EmulatedNetwork): string {
  const lines = [
    `network ${scenario.name}: ${scenario.title}`,
    ...Object.entries(links).flatMap(([id, { addresses, link }]) => [
      `${id}: ${link.channelLossDb} dB at ${link.clockHz / 1e6} MHz`,
      ...addresses.alice.all.map((address) => `  alice    ${address}`),
      ...addresses.bob.all.map((address) => `  bob      ${address}`),
      ...(addresses.control === undefined ? [] : [`  control  ${addresses.control}`]),
    ]),
    "ready",
  ];
  return `${lines.join("\n")}\n`;
}
