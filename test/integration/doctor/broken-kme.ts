import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import type { TestCertificate } from "../delivery-sites.ts";

/** What can be wrong with a key delivery server, each with the check of the doctor that has to find it. */
export const DEFECTS = {
  oldTls: "tls-version",
  weakSuites: "tls-suites",
  servesAnonymous: "no-certificate",
  servesForeign: "foreign-certificate",
  servesExpired: "expired-certificate",
  servesRevoked: "revoked-certificate",
  forbidsStrangers: "no-certificate",
  missingCount: "status-members",
  countAsText: "status-members",
  sizesUpsideDown: "status-relations",
  moreStoredThanRoom: "status-relations",
  wrongMaster: "status-names",
  statusByPost: "status-verb",
  rawNames: "encoded-names",
  noGet: "get-plain",
  ignoresQuery: "get-parameters",
  ignoresNumber: "post-parameters",
  twoForOne: "post-plain",
  wantsBody: "post-empty",
  refusesUnknown: "unknown-members",
  lesserLargest: "size-ends",
  refusesOptional: "extension-optional",
  keysByPut: "other-verbs",
  closesConnections: "kept-connections",
  tiresOut: "many-keys",
  roundsSizes: "size-multiple",
  otherMessage: "size-multiple",
  noSizeLimits: "size-limits",
  noNumberLimit: "number-limit",
  guessesNumbers: "number-kind",
  takesAnyBody: "body-kind",
  diesOfLargeBody: "large-body",
  ignoresMandatory: "extension-mandatory",
  ignoresMulticast: "multicast",
  otherBits: "same-keys",
  noGetById: "same-keys-get",
  caseMatters: "id-case",
  givesAgain: "used-once",
  otherNotFound: "used-once",
  givesToAnybody: "wrong-sae",
  burnsOnRefusal: "wrong-sae",
  ignoresMasterName: "wrong-master",
  givesWhatItHas: "mixed-ids",
  burnsMixed: "mixed-ids",
  failsOnBadIds: "unknown-ids",
  shortIds: "key-ids",
  urlBase64: "key-base64",
  wrongSize: "key-sizes",
  oneFewer: "key-counts",
  otherContainer: "key-container",
  repeatsKeys: "unique-keys",
  repeatsIds: "unique-keys",
  htmlErrors: "json-errors",
  detailsAsText: "json-errors",
  textType: "json-type",
  hangsAtTimes: "silence",
  slow: "latency",
  emptyIsOk: "empty-pool",
} as const;

export type Defect = keyof typeof DEFECTS;

interface StoredKey {
  readonly key: string;
  readonly master: string;
  readonly slave: string;
  uses: number;
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const SIZES = { min_key_size: 64, key_size: 256, max_key_size: 1024 };
const MOST_PER_REQUEST = 16;
const CAPACITY = 400;
const NOT_FOUND = "one or more keys specified are not found on KME";

/** A key delivery server that keeps ETSI GS QKD 014, but for the defects it is started with. Serves master and slave. */
export async function brokenKme(
  certificate: TestCertificate,
  ca: string,
  revoked: readonly TestCertificate[],
  ...defects: readonly Defect[]
) {
  const has = (defect: Defect): boolean => defects.includes(defect);
  const keys = new Map<string, StoredKey>();
  const oneKey = randomBytes(32).toString("base64");
  const oneId = randomUUID();
  const sockets = new Set<Socket>();
  let stock = CAPACITY;
  let requests = 0;

  const server = createServer({
    cert: certificate.cert,
    key: certificate.key,
    ca,
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: has("oldTls") ? "TLSv1" : "TLSv1.2",
    ciphers: has("oldTls")
      ? "ALL:@SECLEVEL=0"
      : has("weakSuites")
        ? "ECDHE+AESGCM:AES128-GCM-SHA256:ECDHE-ECDSA-AES128-SHA256:ALL"
        : "TLS_AES_128_GCM_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256",
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});

  const callerOf = (socket: TLSSocket): string => {
    // Null for a caller that has gone.
    const { subject, serialNumber } = socket.getPeerCertificate() ?? {};
    const fault = String(socket.authorizationError ?? "");
    const name = [subject?.CN].flat()[0];
    const served =
      (socket.authorized && !revoked.some((one) => one.serialNumber.toUpperCase() === serialNumber)) ||
      (has("servesAnonymous") && name === undefined) ||
      (has("servesForeign") && name !== undefined && !fault.includes("EXPIRED")) ||
      (has("servesExpired") && fault.includes("EXPIRED")) ||
      (has("servesRevoked") && socket.authorized);
    if (served) return name ?? "sae-a";
    throw new Refused(has("forbidsStrangers") ? 403 : 401, "who is it?");
  };

  const statusOf = (master: string, slave: string): object => ({
    source_KME_ID: "kme-a",
    target_KME_ID: "kme-b",
    master_SAE_ID: has("wrongMaster") ? "somebody" : master,
    slave_SAE_ID: slave,
    ...SIZES,
    ...(has("sizesUpsideDown") && { min_key_size: 512 }),
    stored_key_count: has("moreStoredThanRoom") ? CAPACITY + 1 : stock,
    max_key_count: CAPACITY,
    ...(!has("missingCount") && { max_key_per_request: has("countAsText") ? "16" : MOST_PER_REQUEST }),
    max_SAE_ID_count: 0,
  });

  const whole = (value: unknown, name: string, standard: number): number => {
    if (value === undefined) return standard;
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number > 0) return number;
    if (has("guessesNumbers") && name === "number") return 1;
    throw new Refused(400, `${name} shall be a whole number`);
  };

  const checkSize = (size: number): number => {
    if (size % 8 !== 0) {
      if (has("roundsSizes")) return size - (size % 8) + 8;
      throw new Refused(400, has("otherMessage") ? "bad size" : "size shall be a multiple of 8");
    }
    const largest = has("lesserLargest") ? 512 : SIZES.max_key_size;
    if (!has("noSizeLimits") && (size < SIZES.min_key_size || size > largest)) throw new Refused(400, "size");
    return size;
  };

  const giveKeys = (master: string, slave: string, wish: Record<string, unknown>): object => {
    const known = ["number", "size", "additional_slave_SAE_IDs", "extension_mandatory", "extension_optional"];
    if (has("refusesUnknown") && Object.keys(wish).some((name) => !known.includes(name)))
      throw new Refused(400, "unknown member");
    if (has("refusesOptional") && wish.extension_optional !== undefined) throw new Refused(400, "extension");
    if (!has("ignoresMandatory") && wish.extension_mandatory !== undefined)
      throw new Refused(400, "not all extension_mandatory parameters are supported");
    if (!has("ignoresMulticast") && wish.additional_slave_SAE_IDs !== undefined)
      throw new Refused(400, "no multicast");
    const asked = whole(wish.number, "number", 1);
    const size = checkSize(whole(wish.size, "size", SIZES.key_size));
    if (!has("noNumberLimit") && asked > MOST_PER_REQUEST) throw new Refused(400, "too many keys");
    const number = has("ignoresNumber")
      ? 1
      : has("twoForOne") && asked === 1
        ? 2
        : has("oneFewer") && asked > 1
          ? asked - 1
          : asked;
    if (number > stock) {
      if (has("emptyIsOk")) return { keys: [] };
      throw new Refused(503, "no key");
    }
    if (has("tiresOut") && stock < CAPACITY - 40) throw new Refused(500, "tired");
    stock -= number;
    const made = Array.from({ length: number }, () => {
      const bits = has("wrongSize") ? size - 8 : size;
      const fresh = randomBytes(bits / 8).toString("base64");
      const key = has("repeatsKeys") && size === SIZES.key_size ? oneKey : fresh;
      const key_ID =
        has("repeatsIds") && keys.size > 20 ? oneId : has("shortIds") ? randomUUID().slice(9) : randomUUID();
      keys.set(key_ID, { key, master, slave, uses: 0 });
      return { key_ID, key: has("urlBase64") ? key.replaceAll("+", "-").replaceAll("/", "_") : key };
    });
    return has("otherContainer") ? { key: made } : { keys: made };
  };

  const give = (master: string, slave: string, wanted: unknown): object => {
    const list = Array.isArray(wanted) ? wanted.map((one) => one?.key_ID) : [];
    if (list.length === 0) throw new Refused(has("failsOnBadIds") ? 500 : 400, "no key_IDs");
    const found = list.map((keyId) => ({
      keyId,
      stored: keys.get(has("caseMatters") ? keyId : String(keyId).toLowerCase()),
    }));
    const message = has("otherNotFound") ? "not found" : NOT_FOUND;
    const there = found.filter(
      ({ stored }) => stored !== undefined && (stored.uses === 0 || has("givesAgain")),
    );
    const others = there.some(({ stored }) => stored?.slave !== slave);
    if (others && !has("givesToAnybody")) {
      if (has("burnsOnRefusal")) for (const { stored } of there) stored!.uses += 1;
      throw new Refused(401, "not yours");
    }
    if (!has("ignoresMasterName") && there.some(({ stored }) => stored?.master !== master))
      throw new Refused(401, "not of this master");
    if (there.length < found.length && !(has("givesWhatItHas") && there.length > 0)) {
      if (has("burnsMixed")) for (const { stored } of there) stored!.uses += 1;
      throw new Refused(400, message);
    }
    return {
      keys: there.map(({ keyId, stored }) => {
        stored!.uses += 1;
        const key = has("otherBits") ? randomBytes(32).toString("base64") : stored!.key;
        return { key_ID: String(keyId).toLowerCase(), key };
      }),
    };
  };

  const answer = (request: IncomingMessage, body: string): object => {
    const caller = callerOf(request.socket as TLSSocket);
    const url = new URL(request.url ?? "", "https://kme");
    const [, , , , name = "", resource] = url.pathname.split("/");
    const sae = has("rawNames") ? name : decodeURIComponent(name);
    const method = request.method ?? "";
    const verbs: readonly string[] =
      resource === "status"
        ? has("statusByPost")
          ? ["GET", "POST"]
          : ["GET"]
        : ["GET", "POST", ...(has("keysByPut") ? ["PUT"] : [])];
    if (!verbs.includes(method)) throw new Refused(405, "another verb");
    if (resource === "status") return statusOf(caller, sae);
    if (body.length > 1_000_000) {
      if (has("diesOfLargeBody")) server.close();
      if (has("diesOfLargeBody")) for (const socket of sockets) socket.destroy();
      throw new Refused(413, "too large");
    }
    if (has("wantsBody") && method === "POST" && body === "") throw new Refused(400, "no body");
    const query = Object.fromEntries(url.searchParams);
    if (method === "GET" && has("noGet") && resource === "enc_keys") throw new Refused(405, "POST alone");
    if (method === "GET" && has("noGetById") && resource === "dec_keys") throw new Refused(405, "POST alone");
    const members =
      method === "GET" ? (has("ignoresQuery") && resource === "enc_keys" ? {} : query) : read(body);
    if (resource === "enc_keys") return giveKeys(caller, sae, members);
    if (resource !== "dec_keys") throw new Refused(404, "no such resource");
    return give(
      sae,
      caller,
      members.key_IDs ?? (query.key_ID === undefined ? [] : [{ key_ID: query.key_ID }]),
    );
  };

  const read = (body: string): Record<string, unknown> => {
    if (body === "") return {};
    try {
      const value = JSON.parse(body);
      if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    } catch {
      // Refused below like any other body.
    }
    if (has("takesAnyBody")) return {};
    throw new Refused(400, "no JSON object");
  };

  const send = (response: ServerResponse, status: number, body: unknown): void => {
    const html = status >= 400 && has("htmlErrors");
    response.writeHead(status, {
      "content-type": html || has("textType") ? "text/html" : "application/json",
      ...(has("closesConnections") && { connection: "close" }),
    });
    response.end(html ? "<h1>Error</h1>" : JSON.stringify(body));
  };

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    requests += 1;
    if (has("hangsAtTimes") && requests % 40 === 20) return;
    let body = "";
    request.on("data", (part) => {
      body += part;
    });
    request.on("end", () => {
      const reply = (): void => {
        try {
          send(response, 200, answer(request, body));
        } catch (error) {
          if (!(error instanceof Refused)) throw error;
          const details = has("detailsAsText") ? { details: "none" } : {};
          send(response, error.status, { message: error.message, ...details });
        }
      };
      // One answer in ten is far more than the hundredth that a 99th percentile leaves out.
      if (has("slow") && requests % 10 === 5) setTimeout(reply, 120);
      else reply();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
