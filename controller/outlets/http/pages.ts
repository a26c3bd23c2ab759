import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** A file of the page as it is served. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
};

/** Where the built page lies: in the package beside the compiled program, in a clone below dist. */
const BUILT = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "../../../dist/web" : "../../../web", import.meta.url),
);

/** The files of the page by their paths; none where it was not built. Paths in a request never reach the file system. */
export function readPages(folder: string = BUILT): ReadonlyMap<string, PageFile> {
  const pages = new Map<string, PageFile>();
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    return pages;
  }
  for (const name of names) {
    const type = TYPES[extname(name)];
    if (type === undefined) continue;
    const body = readFileSync(join(folder, name));
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    pages.set(`/${name.replaceAll("\\", "/")}`, { type, body, etag });
  }
  return pages;
}
