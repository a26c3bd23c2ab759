import { Agent, request } from "node:http";
import { HAPPENINGS } from "../../../emulator/happenings/happenings.ts";
import { type EmulatedLink, startEmulatedLink } from "../../../emulator/index.ts";
import type { FuzzTarget } from "../fuzz-target.ts";

/** What happens to a link adds up; so it is made anew after so many inputs. */
const INPUTS_A_LINK = 5000;
/** Longer link times than this are the operator's wish, no fault. */
const LONGEST_MS = 50;

interface Open {
  readonly link: EmulatedLink;
  readonly agent: Agent;
}

let opened: Promise<Open> | null = null;
let inputs = 0;

async function open(): Promise<Open> {
  const link = await startEmulatedLink({
    speed: "manual",
    clockHz: 1e6,
    lossDb: 5,
    listen: { alice: ["tcp://127.0.0.1:0"], bob: ["tcp://127.0.0.1:0"] },
    control: "tcp://127.0.0.1:0",
  });
  return { link, agent: new Agent({ keepAlive: true, maxSockets: 1 }) };
}

async function close(): Promise<void> {
  const { link, agent } = (await opened) ?? {};
  opened = null;
  inputs = 0;
  agent?.destroy();
  await link?.stop();
}

/** Bodies of the emulator's control port over a real connection; the first byte of an input chooses the call. */
export const target: FuzzTarget = {
  seeds: () => [
    ...Object.entries(HAPPENINGS).map(([event, { fields }]) =>
      bytes("0", { event, ...samplesOf(fields as Readonly<Record<string, { readonly sample?: unknown }>>) }),
    ),
    bytes("1", { ms: 1.5 }),
  ],
  run: async (input) => {
    if (inputs++ > INPUTS_A_LINK) await close();
    opened ??= open();
    const { link, agent } = await opened;
    const path = ((input[0] ?? 0) & 1) === 0 ? "/fault" : "/advance";
    const body = input.subarray(1);
    if (path === "/advance" && timeIn(body) > LONGEST_MS) return;
    const { status, text } = await post(`${link.addresses.control}${path}`, agent, body);
    if (status !== 200 && status !== 400) throw new Error(`the control port answers with ${status}: ${text}`);
    const answer = JSON.parse(text) as { readonly message?: string };
    if (status === 400 && (answer.message ?? "") === "") throw new Error("a refusal without a sentence");
  },
  close,
};

const bytes = (route: string, value: unknown): Uint8Array =>
  new TextEncoder().encode(`${route}${JSON.stringify(value)}`);

/** The test samples of a happening's members, where it has any. */
function samplesOf(fields: Readonly<Record<string, { readonly sample?: unknown }>>): object {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, { sample }]) => (sample === undefined ? [] : [[name, sample]])),
  );
}

function timeIn(body: Uint8Array): number {
  try {
    const { ms } = JSON.parse(Buffer.from(body).toString("utf8")) as { readonly ms?: unknown };
    return typeof ms === "number" ? ms : 0;
  } catch {
    return 0;
  }
}

function post(url: string, agent: Agent, body: Uint8Array): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: "POST", agent }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
      );
    });
    call.on("error", reject);
    call.end(body);
  });
}
