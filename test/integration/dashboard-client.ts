import { request } from "node:http";
import type { Dashboard } from "../../controller/index.ts";

/** A stream of a dashboard as a browser holds it. */
export interface BufferedStream {
  readonly status: number;
  /** Everything that came, once it matches; rejects when the stream ends before. */
  until(pattern: RegExp): Promise<string>;
  close(): void;
}

/** Opens a stream; resolves with its headers. */
export function bufferedStream(
  { url }: Pick<Dashboard, "url">,
  headers: Readonly<Record<string, string>>,
): Promise<BufferedStream> {
  return new Promise((resolve, reject) => {
    const asking = request(`${url}/api/v1/stream`, { headers, agent: false }, (response) => {
      let text = "";
      let wake = (): void => {};
      let ended = false;
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        wake();
      });
      response.once("close", () => {
        ended = true;
        wake();
      });
      response.on("error", () => {});
      resolve({
        status: response.statusCode ?? 0,
        until: async (pattern) => {
          while (!pattern.test(text)) {
            if (ended) throw new Error(`the stream ended: ${text.slice(-200)}`);
            await new Promise<void>((next) => {
              wake = next;
            });
          }
          return text;
        },
        close: () => asking.destroy(),
      });
    });
    asking.once("error", reject);
    asking.end();
  });
}
