import { ConfigError, ERROR_REMEDIES, type QkdErrorCode, TransportError } from "../../errors/index.ts";
import type { LinkFault } from "../link/link-fault.ts";
import type { ControlState } from "./control-state.ts";

const ANSWER_MS = 10_000;

/** Speaks to the control port of an emulator in another process: `emulate --control`, or one in a container. */
export interface ControlClient {
  /**
   * Something happens to the link; resolves when the light obeys.
   * @throws ConfigError for the impossible, which changes nothing, with the emulator's own code and sentence.
   * @throws TransportError QKD_EMULATOR_CONTROL when no answer comes within ten seconds.
   */
  fault(fault: LinkFault): Promise<void>;
  /** What both devices and the link between them are doing. Throws as `fault` does. */
  state(): Promise<ControlState>;
}

/** A client for the control port at `http://HOST:PORT`; it connects for each call. */
export function controlClient(url: string): ControlClient {
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    let response: Response;
    let answer: unknown;
    try {
      response = await fetch(new URL(path, url), {
        signal: AbortSignal.timeout(ANSWER_MS),
        ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      });
      answer = await response.json();
    } catch (cause) {
      throw new TransportError("QKD_EMULATOR_CONTROL", `The control port ${url} gives no answer`, {
        cause,
        retryable: true,
        context: { url },
      });
    }
    if (!response.ok) throw refusal(url, response.status, answer);
    return answer;
  };
  return {
    fault: async (fault) => void (await call("/fault", fault)),
    state: async () => (await call("/state")) as ControlState,
  };
}

function refusal(url: string, status: number, answer: unknown): Error {
  const { code, message, remedy } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const sentence = typeof message === "string" ? message : `the answer has status ${status}`;
  if (status === 400 && typeof code === "string" && Object.hasOwn(ERROR_REMEDIES, code))
    return new ConfigError(code as QkdErrorCode, sentence, {
      ...(typeof remedy === "string" ? { remedy } : {}),
    });
  return new TransportError("QKD_EMULATOR_CONTROL", `The control port ${url} failed: ${sentence}`, {
    context: { url, status },
  });
}
