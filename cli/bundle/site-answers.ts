import { request as requestPlain } from "node:http";
import { request as requestTls } from "node:https";
import { ConfigError } from "../../errors/index.ts";

/** What a site's dashboard tells over its interface. */
const PARTS = ["site", "health", "alarms", "events", "kpi", "pool", "delivery", "explain"];
const TIMEOUT_MS = 5000;
const MOST_BYTES = 4 * 2 ** 20;

/** How the dashboard of a site is asked. */
export interface SiteAccess {
  readonly url: string;
  /** Certificate of the authority, PEM, for https. */
  readonly authority?: string;
  readonly token?: string;
}

/** An answer, or why there is none. */
export type SiteAnswer =
  | { readonly part: string; readonly text: string }
  | { readonly part: string; readonly missing: string };

/** Asks a site's dashboard for everything that it tells. What it does not tell is said, and holds nothing up. */
export async function siteAnswers(access: SiteAccess): Promise<readonly SiteAnswer[]> {
  const base = URL.parse(access.url);
  if (base === null || !/^https?:$/.test(base.protocol))
    throw new ConfigError("QKD_USAGE", `${access.url} is no address of a dashboard`, {
      remedy: "name it as http://HOST:PORT or https://HOST:PORT",
    });
  return Promise.all(
    PARTS.map(async (part) => ({ part, ...(await get(new URL(`/api/v1/${part}`, base), access)) })),
  );
}

type Got = { readonly text: string } | { readonly missing: string };

function get(url: URL, { authority, token }: SiteAccess): Promise<Got> {
  const request = url.protocol === "https:" ? requestTls : requestPlain;
  const bearer = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve) => {
    const failed = ({ message }: Error): void => resolve({ missing: message });
    const options = {
      headers: { accept: "application/json", ...bearer },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(authority === undefined ? {} : { ca: authority }),
    };
    const asking = request(url, options, (response) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      response.on("data", (chunk: Uint8Array) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes <= MOST_BYTES) return;
        resolve({ missing: "the answer is too long" });
        asking.destroy();
      });
      response.once("error", failed);
      response.once("end", () =>
        resolve(
          response.statusCode === 200
            ? { text: Buffer.concat(chunks).toString("utf8") }
            : { missing: `the answer is ${response.statusCode}` },
        ),
      );
    });
    asking.once("error", failed);
    asking.end();
  });
}
