import { type Agent, request } from "node:https";

/** One GET over a kept connection; milliseconds until its whole answer is there, and its status. */
export function timedRequest(
  url: string,
  agent: Agent,
): Promise<{ readonly status: number; readonly ms: number }> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume();
      response.on("end", () => resolve({ status: response.statusCode ?? 0, ms: performance.now() - begun }));
    })
      .on("error", reject)
      .end();
  });
}
