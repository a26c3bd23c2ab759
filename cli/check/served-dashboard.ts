import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";

const ANSWER_MS = 2000;

/** Whether a dashboard of this package answers there, over TLS or not. */
export async function isDashboard(address: {
  readonly host: string;
  readonly port: number;
}): Promise<boolean> {
  const { host: asked, port } = address;
  const host = asked === "0.0.0.0" ? "127.0.0.1" : asked === "::" ? "::1" : asked;
  const answers = await Promise.all(
    [requestPlain, requestTls].map((request) => policyOf(request, host, port)),
  );
  return answers.some((policy) => policy.includes("frame-ancestors 'none'"));
}

function policyOf(request: typeof requestPlain, host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const options = {
      host,
      port,
      path: "/",
      timeout: ANSWER_MS,
      rejectUnauthorized: false,
      agent: false as const,
    };
    const asking = request(options, (response) => {
      response.resume();
      resolve(String(response.headers["content-security-policy"] ?? ""));
    });
    asking.once("timeout", () => asking.destroy());
    asking.once("error", () => resolve(""));
    asking.end();
  });
}
