import { request } from "node:http";
import { EmulatorError } from "../../../errors/index.ts";
import type { LinkAction } from "../api/index.ts";

/** What an emulator's control port is told. */
type Happening = { readonly event: string } & Readonly<Record<string, unknown>>;

const QUANTUM_NM = 1550.116;
const TYPICAL_DB_PER_KM = 0.2;
/** Grid channel 44 of ITU-T G.694.1. */
const CHANNEL_44_THZ = 194.4;
const ANSWER_MS = 5000;
const MOST_ANSWER_BYTES = 65_536;

/** The actions in words. */
export const ACTION_WORDS: Readonly<Record<LinkAction, string>> = {
  cut: "By hand: the fibre is cut",
  neighbour: "By hand: channel 44 is lit with 0 dBm on the same fibre",
  eve: "By hand: Eve measures and resends three of ten pulses",
  repair: "By hand: fibre joined, channel 44 dark, Eve gone",
};

/** Makes things happen to an emulated link, by the control port of its emulator. */
export class EmulatorPort {
  readonly #url: URL;
  readonly #happenings: Readonly<Record<LinkAction, readonly Happening[]>>;

  /** `address` is `tcp://HOST:PORT` or `http://HOST:PORT`; the fibre's length follows from its loss. */
  constructor(address: string, lossDb: number) {
    this.#url = new URL("/fault", address.replace(/^tcp:/, "http:"));
    const channels = [{ frequencyThz: CHANNEL_44_THZ, direction: "forward", launchDbm: 0 }];
    const fibreKm = lossDb / TYPICAL_DB_PER_KM;
    this.#happenings = {
      cut: [{ event: "cut" }],
      neighbour: [{ event: "multiplex", plan: { channels, quantumWavelengthNm: QUANTUM_NM, fibreKm } }],
      eve: [{ event: "interceptResend", fraction: 0.3, basisBias: 0.5 }],
      repair: [{ event: "end", of: "cut" }, { event: "end", of: "interceptResend" }, { event: "multiplex" }],
    };
  }

  /** Rejects with EmulatorError QKD_EMULATOR_CONTROL when the emulator does not answer, or refuses. */
  async act(action: LinkAction): Promise<void> {
    for (const happening of this.#happenings[action]) {
      const { status, text } = await this.#post(happening);
      if (status !== 200)
        throw new EmulatorError(
          "QKD_EMULATOR_CONTROL",
          `the emulator refuses ${happening.event}: ${saidIn(text)}`,
        );
    }
  }

  async #post(body: object): Promise<{ readonly status: number; readonly text: string }> {
    try {
      return await new Promise((resolve, reject) => {
        const signal = AbortSignal.timeout(ANSWER_MS);
        const asking = request(this.#url, { method: "POST", agent: false, signal }, (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part: string) => {
            text += part;
            if (text.length > MOST_ANSWER_BYTES) response.destroy(new RangeError("its answer is too long"));
          });
          response.once("error", reject);
          response.once("end", () => resolve({ status: response.statusCode ?? 0, text }));
        });
        asking.once("error", reject).end(JSON.stringify(body));
      });
    } catch (cause) {
      throw new EmulatorError("QKD_EMULATOR_CONTROL", `the emulator at ${this.#url.host} gives no answer`, {
        cause,
        retryable: true,
      });
    }
  }
}

function saidIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message.slice(0, 500) : "no reason";
  } catch {
    return "no reason";
  }
}
