import { accessSync, constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { DEFAULT_DELIVERY_LIMITS, DEFAULT_PEER_LIMITS, parsePeerAddress } from "../../controller/index.ts";
import { fileReason } from "../../errors/index.ts";
import { dashboardAddress, deliveryAddress } from "../config/address-remarks.ts";
import type { FieldPath, Remark } from "../config/finding.ts";
import type { SiteDraft } from "../config/site-config.ts";
import { presentedCertificate } from "./presented-certificate.ts";
import { mistake, refusals, warning } from "./remarks.ts";
import { isDashboard } from "./served-dashboard.ts";
import type { Check, Machine, SiteCheck } from "./site-check.ts";

const EARLIEST_MS = Date.UTC(2026, 0, 1);
const LATEST_MS = Date.UTC(2100, 0, 1);
const DEFAULT_CAPACITY_BITS = 2 ** 30;
/** What a store needs beside its keys: write-ahead log, audit log, authentication keys. */
const STORE_BYTES = 64 * 1024 * 1024;

/** That this machine has what the site needs: ports, disk, files, a clock. */
export const machineCheck: Check = async (check) => [
  ...clockCheck(check.machine),
  ...filesCheck(check),
  ...diskCheck(check),
  ...recordingCheck(check),
  ...(await portCheck(check.site)),
];

function clockCheck({ nowMs }: Machine): Remark[] {
  if (nowMs >= EARLIEST_MS && nowMs < LATEST_MS) return [];
  const { code, level, remedy } = mistake(
    "QKD_CONFIG_MACHINE",
    [],
    "",
    "set the clock; certificates are judged by it",
  );
  return [{ code, level, remedy, field: [], message: `the clock says ${new Date(nowMs).toISOString()}` }];
}

/** A listener takes no more than its share of the files that the process may open, whatever its limits say. */
function filesCheck({ site, machine }: SiteCheck): Remark[] {
  const { openFiles } = machine;
  if (openFiles === undefined) return [];
  const asked = [
    {
      part: "delivery",
      share: 1 / 2,
      limits: site.delivery?.limits,
      most: DEFAULT_DELIVERY_LIMITS.connections,
    },
    ...(site.peer?.listen === undefined
      ? []
      : [{ part: "peer", share: 1 / 8, limits: site.peer.limits, most: DEFAULT_PEER_LIMITS.connections }]),
  ];
  return asked.flatMap(({ part, share, limits, most }) => {
    const connections = limits?.connections ?? most;
    const borne = Math.floor(openFiles * share);
    if (connections <= borne) return [];
    const field: FieldPath = limits?.connections === undefined ? [part] : [part, "limits", "connections"];
    return [
      warning(
        "QKD_CONFIG_MACHINE",
        field,
        `of ${connections} connections finds room for ${borne}: a process may open ${openFiles} files here`,
        `raise the limit of open files to ${Math.ceil(connections / share)} (ulimit -n), or lower the connections`,
      ),
    ];
  });
}

/** A site that cannot record runs all the same. */
function recordingCheck({ site }: SiteCheck): Remark[] {
  const folder = site.recording?.folder;
  if (folder === undefined) return [];
  try {
    rmSync(mkdtempSync(join(folder, ".qkdlink-check-")), { recursive: true });
    return [];
  } catch (cause) {
    return [
      warning(
        "QKD_CONFIG_MACHINE",
        ["recording", "folder"],
        `cannot be written to, and the site would run without a recording: ${fileReason(cause)}`,
        "make the folder, writable for the user whom the site runs as",
      ),
    ];
  }
}

function diskCheck({ site, machine }: SiteCheck): Remark[] {
  const { path, capacityBits = DEFAULT_CAPACITY_BITS } = site.store ?? {};
  if (path === undefined) return [];
  const field: FieldPath = ["store", "path"];
  const folder = dirname(path);
  const wrong = (sentence: string, remedy: string) => mistake("QKD_CONFIG_MACHINE", field, sentence, remedy);
  try {
    const probe = mkdtempSync(join(folder, ".qkdlink-check-"));
    rmSync(probe, { recursive: true });
  } catch (cause) {
    return [
      wrong(
        `(${path}) lies in a folder that cannot be written: ${fileReason(cause)}`,
        "make the folder, or let this user write it",
      ),
    ];
  }
  const remarks: Remark[] = [];
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats !== undefined) {
    if (!stats.isFile()) return [wrong(`(${path}) is no regular file`, "name the file of a store")];
    try {
      accessSync(path, constants.R_OK | constants.W_OK);
    } catch {
      remarks.push(wrong(`(${path}) cannot be read and written`, "let this user read and write it"));
    }
  }
  // Two origins fill their capacity each.
  const wantedBytes = Math.max(0, (2 * capacityBits) / 8 + STORE_BYTES - (stats?.size ?? 0));
  const freeBytes = machine.freeBytes(folder);
  const mib = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`;
  if (freeBytes < STORE_BYTES)
    remarks.push(wrong(`(${path}) has ${mib(freeBytes)} of free space`, `free ${mib(wantedBytes)}`));
  else if (freeBytes < wantedBytes)
    remarks.push(
      warning(
        "QKD_CONFIG_MACHINE",
        field,
        `(${path}) has ${mib(freeBytes)} of free space; full it takes ${mib(wantedBytes)} more`,
        "free space, or lower store.capacityBits",
      ),
    );
  return remarks;
}

/** A port that the running site of this very file holds is as it should be. */
async function portCheck({ peer, delivery, dashboard }: SiteDraft): Promise<Remark[]> {
  const remarks: Remark[] = [];
  for (const [field, address, certificate] of [
    [["peer", "listen"], peerAddress(peer?.listen), peer?.certificate],
    [["delivery", "listen"], deliveryAddress(delivery?.listen ?? ""), delivery?.certificate],
    [["dashboard", "listen"], dashboardAddress(dashboard?.listen ?? ""), undefined],
  ] as const) {
    if (address === null || address.port === 0) continue;
    const why = await listenFault(address);
    if (why === null) continue;
    if (why === "EADDRINUSE" && (await isThisSite(field, address, certificate))) continue;
    const taken = why === "EADDRINUSE";
    remarks.push(
      mistake(
        "QKD_CONFIG_MACHINE",
        field,
        `cannot listen on ${address.host}:${address.port}: ${taken ? "another program does" : why}`,
        taken
          ? "stop that program, or choose another port"
          : "name an address of this machine and a port that this user may take",
      ),
    );
  }
  return remarks;
}

/** Another program than the site that this file runs is told apart by its certificate, a dashboard by what it answers. */
function isThisSite(
  [part]: readonly string[],
  address: { readonly host: string; readonly port: number },
  certificate: string | undefined,
): Promise<boolean> {
  return part === "dashboard" ? isDashboard(address) : presentedCertificate(address, certificate);
}

function peerAddress(listen: string | undefined): { readonly host: string; readonly port: number } | null {
  if (listen === undefined || refusals([], () => parsePeerAddress(listen)).length > 0) return null;
  return parsePeerAddress(listen);
}

/** Why nobody can listen there, as the system says it; null where one can. */
function listenFault({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (cause: NodeJS.ErrnoException) => resolve(cause.code ?? cause.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
