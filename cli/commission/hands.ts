import { createInterface } from "node:readline/promises";
import type { Hands, HandsAct } from "../../commissioning/index.ts";
import { EmulatorError } from "../../errors/index.ts";
import type { Say } from "../../report/index.ts";

/** What a person is asked to do. */
function sentenceOf(act: HandsAct, say: Say): string {
  switch (act.act) {
    case "channelsOff":
      return say("ask_classicalOff");
    case "channelsOn":
      return say("ask_classicalOn");
    case "channelAlone":
      return say("ask_channelOn", { channel: act.channel });
    case "fibreOut":
      return say("ask_fibreOut");
    case "fibreIn":
      return say("ask_fibreIn");
  }
}

/** Nobody there: nothing is done by hand. */
export const NO_HANDS: Hands = { do: async () => false };

/** A person at the terminal. Ends with the signal, so that Ctrl-C is not held up by a question. */
export function askingHands(say: Say, signal: AbortSignal): Hands {
  return {
    async do(act, step) {
      const terminal = createInterface({ input: process.stdin, output: process.stderr });
      try {
        const answer = await terminal.question(`${step}: ${sentenceOf(act, say)}; ${say("ask_enter")} `, {
          signal,
        });
        return answer.trim().toLowerCase() !== "s";
      } finally {
        terminal.close();
      }
    },
  };
}

/** Why a control port refused, in its own sentence. */
async function reasonOf(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    if (typeof message === "string") return message;
  } catch {}
  return `status ${response.status}`;
}

/** An emulator's control port does what a person would. `channels` are the names of all planned channels. */
export function controlPortHands(url: string, channels: readonly string[]): Hands {
  const happen = async (event: { readonly event: string; readonly channel?: string }): Promise<void> => {
    let response: Response;
    try {
      response = await fetch(new URL("/fault", url), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(event),
        signal: AbortSignal.timeout(10_000),
      });
    } catch (cause) {
      throw new EmulatorError("QKD_EMULATOR_CONTROL", `the control port ${url} does not answer`, { cause });
    }
    if (!response.ok)
      throw new EmulatorError(
        "QKD_EMULATOR_CONTROL",
        `the control port ${url} refused ${Object.values(event).join(" ")}: ${await reasonOf(response)}`,
        event.channel === undefined
          ? {}
          : { remedy: "start the emulator with a scenario whose channels have the names of the plan's" },
      );
  };
  const darken = async (): Promise<void> => {
    for (const channel of channels) await happen({ event: "darken", channel }).catch(() => {});
  };
  return {
    async do(act) {
      switch (act.act) {
        case "channelsOff":
          await darken();
          break;
        case "channelsOn":
          await darken();
          for (const channel of channels) await happen({ event: "light", channel });
          break;
        case "channelAlone":
          await darken();
          await happen({ event: "light", channel: act.channel });
          break;
        case "fibreOut":
          await happen({ event: "cut" });
          break;
        case "fibreIn":
          await happen({ event: "repair" });
          break;
      }
      return true;
    },
  };
}
