import { normalize } from "node:path";
import { FILE_FIELDS, fileAt } from "./absolute-files.ts";
import { addressRemarks } from "./address-remarks.ts";
import { alarmRemarks } from "./alarm-remarks.ts";
import { dashboardRemarks } from "./dashboard-remarks.ts";
import type { FieldPath, Remark } from "./finding.ts";
import { levelRemarks } from "./level-remarks.ts";
import { saeRemarks } from "./sae-remarks.ts";
import type { SiteDraft } from "./site-config.ts";

/** What fields of a site's file say against each other, and what no schema knows of their values. Pure. */
export function contradictions(site: SiteDraft): Remark[] {
  return [
    ...addressRemarks(site),
    ...nameRemarks(site),
    ...fileNameRemarks(site),
    ...dashboardRemarks(site),
    ...alarmRemarks(site),
    ...saeRemarks(site),
    ...levelRemarks(site),
    ...seedRemarks(site),
  ];
}

function nameRemarks({ delivery }: SiteDraft): Remark[] {
  if (delivery?.kmeId === undefined || delivery.kmeId !== delivery.peerKmeId) return [];
  return [
    wrong(
      ["delivery", "peerKmeId"],
      "delivery.peerKmeId is this site's own kmeId",
      "name the other site's KME",
    ),
  ];
}

const ALONE: readonly string[] = ["secretFile", "path", "keyFile", "communityFile"];

/** What is written or kept secret has a file of its own. */
function fileNameRemarks(site: SiteDraft): Remark[] {
  const named = FILE_FIELDS.map((path) => {
    const name = fileAt(site, path);
    return { path, name: name === undefined ? null : normalize(name) };
  });
  const alone = named.filter(({ path }) => ALONE.includes(path.at(-1) ?? ""));
  return alone.flatMap((one) => {
    const before = named.slice(0, named.indexOf(one));
    const after = named.slice(named.indexOf(one) + 1).filter((other) => !alone.includes(other));
    const same = [...before, ...after].find(({ name }) => name !== null && name === one.name);
    if (same === undefined) return [];
    const message = `${one.path.join(".")} names the same file as ${same.path.join(".")}`;
    return [wrong(one.path, message, "give each a file of its own")];
  });
}

function seedRemarks({ developmentSeed }: SiteDraft): Remark[] {
  if (developmentSeed === undefined) return [];
  return [
    {
      ...wrong(
        ["developmentSeed"],
        "developmentSeed is set: every key of this site can be predicted and is NOT secret",
        "take it out where keys have to be secret",
      ),
      level: "warning",
    },
  ];
}

function wrong(field: FieldPath, message: string, remedy: string): Remark {
  return { level: "error", code: "QKD_CONFIG_INVALID", field, message, remedy };
}
