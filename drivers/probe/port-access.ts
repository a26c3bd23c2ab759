import { readFile, stat } from "node:fs/promises";
import type { QkdError } from "../../errors/index.ts";
import { type PortHolder, portHolder } from "./port-holder.ts";

/** Why a serial port could not be opened. */
export type PortTrouble =
  | { readonly why: "absent" }
  | { readonly why: "busy"; readonly by: PortHolder | undefined }
  | { readonly why: "forbidden"; readonly group: string | undefined }
  | { readonly why: "other" };

/** What an error of opening says by its reason; EAGAIN is how a lock that another process holds shows. */
export async function portTrouble(path: string, error: QkdError): Promise<PortTrouble> {
  const reason = String(error.context.reason ?? "");
  if (/ENOENT|no such file/i.test(reason)) return { why: "absent" };
  if (/EACCES|EPERM|permission denied/i.test(reason)) return { why: "forbidden", group: await groupOf(path) };
  if (/EBUSY|EAGAIN|cannot lock|resource temporarily unavailable/i.test(reason))
    return { why: "busy", by: await portHolder(path) };
  return { why: "other" };
}

/** Name of the group that a file belongs to, or its number where the system names none. */
async function groupOf(path: string): Promise<string | undefined> {
  const owner = await stat(path).catch(() => undefined);
  if (owner === undefined) return undefined;
  const groups = await readFile("/etc/group", "utf8").catch(() => "");
  const named = groups.split("\n").find((line) => line.split(":")[2] === String(owner.gid));
  return named?.split(":")[0] ?? String(owner.gid);
}
