import { type IncomingMessage, request } from "node:http";
import { EmulatorError, ERROR_REMEDIES, errorOf, type QkdErrorCode } from "../../errors/index.ts";
import { checkArgument, rule } from "../../options/index.ts";
import type { Happening } from "../happenings/happenings.ts";
import type { ControlState } from "./control-state.ts";

const ANSWER_MS = 10_000;

/** Speaks to the control port of an emulator in another process: `emulate --control`, or one in a container. */
export interface ControlClient {
  /**
   * Something happens to the link; resolves when the light obeys.
   * @throws ConfigError for the impossible, which changes nothing, with the emulator's own code and sentence.
   * @throws TransportError QKD_EMULATOR_CONTROL when no usable answer comes within ten seconds.
   */
  fault(happening: Happening): Promise<void>;
  /** What both devices and the link between them are doing. Throws as `fault` does. */
  state(): Promise<ControlState>;
}

const HTTP_URL = {
  ...rule.text("the URL of a control port, http://HOST:PORT"),
  holds: (value: unknown) => typeof value === "string" && /^http:\/\//.test(value) && URL.canParse(value),
};

/** A client for the control port at `http://HOST:PORT`. Each call connects anew, so restarts do no harm. */
export function controlClient(url: string): ControlClient {
  checkArgument("url", url, HTTP_URL);
  const call = async (method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> => {
    let status: number;
    let answer: unknown;
    try {
      const response = await send(new URL(path, url), method, JSON.stringify(body));
      status = response.status;
      answer = JSON.parse(response.text);
    } catch (cause) {
      throw new EmulatorError("QKD_EMULATOR_CONTROL", `The control port ${url} gives no answer`, {
        cause,
        retryable: true,
        context: { url },
      });
    }
    if (status !== 200) throw refusal(url, status, answer);
    return answer;
  };
  return {
    fault: async (happening) => void (await call("POST", "/fault", happening)),
    state: async () => (await call("GET", "/state")) as ControlState,
  };
}

async function send(url: URL, method: string, body: string | undefined) {
  const signal = AbortSignal.timeout(ANSWER_MS);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { method, agent: false, signal }, resolve).once("error", reject).end(body);
  });
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  return { status: response.statusCode ?? 0, text };
}

function refusal(url: string, status: number, answer: unknown): Error {
  const { code, message, remedy } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  const sentence = typeof message === "string" ? message : `the answer has status ${status}`;
  if (status === 400 && typeof code === "string" && Object.hasOwn(ERROR_REMEDIES, code))
    return errorOf(code as QkdErrorCode, sentence, {
      ...(typeof remedy === "string" ? { remedy } : {}),
    });
  return new EmulatorError("QKD_EMULATOR_CONTROL", `The control port ${url} failed: ${sentence}`, {
    context: { url, status },
  });
}
