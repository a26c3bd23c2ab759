import { readFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Command } from "commander";
import { ConfigError, fileReason } from "../errors/index.ts";
import { type BundleSources, bundleContents } from "./bundle/contents.ts";
import { tarArchive } from "./bundle/tar.ts";

interface BundleFlags {
  readonly out: string;
  readonly config?: string;
  readonly log?: string;
  readonly recording?: string;
  readonly site?: string;
  readonly authority?: string;
  readonly json?: true;
}

/** `qkdlink bundle`: what support needs to see, in one archive without secrets. */
export function bundleCommand(write: (text: string) => void = (text) => process.stdout.write(text)): Command {
  return new Command("bundle")
    .description(
      "gather versions, configuration, log, figures and the last recording in one archive, without secrets",
    )
    .requiredOption("--out <file>", "the archive, tar.gz; it must not exist yet")
    .option(
      "--config <file>",
      "the site's configuration; secrets are taken out, and the newest recording of its folder is added",
    )
    .option("--log <file>", "the site's log; its last mebibyte is added")
    .option("--recording <file>", "this recording, redacted once more")
    .option(
      "--site <url>",
      "the site's dashboard, for its figures; QKDLINK_TOKEN holds a token where it needs one",
    )
    .option("--authority <file>", "certificate of the dashboard's authority")
    .option("--json", "print what is in it, and what is missing, as JSON")
    .action(async (flags: BundleFlags) => {
      const { entries, missing } = await bundleContents(sourcesOf(flags));
      const archive = await promisify(gzip)(Buffer.concat(tarArchive(entries, Date.now() / 1000)));
      await save(flags.out, archive);
      const files = entries.map(({ name }) => name);
      if (flags.json === true)
        write(`${JSON.stringify({ file: flags.out, bytes: archive.length, files, missing })}\n`);
      else {
        write(`${flags.out}: ${files.join(", ")}\n`);
        for (const one of missing) write(`missing: ${one}\n`);
      }
    });
}

function sourcesOf({ config, log, recording, site, authority }: BundleFlags): BundleSources {
  const token = process.env.QKDLINK_TOKEN;
  return {
    ...(config === undefined ? {} : { config }),
    ...(log === undefined ? {} : { log }),
    ...(recording === undefined ? {} : { recording }),
    ...(site === undefined
      ? {}
      : {
          site: {
            url: site,
            ...(authority === undefined ? {} : { authority: textOf(authority) }),
            ...(token === undefined ? {} : { token }),
          },
        }),
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new ConfigError("QKD_CONFIG_UNREADABLE", `${file} cannot be read: ${fileReason(cause)}`, {
      cause,
      context: { file },
      remedy: "check that the file exists and is readable",
    });
  }
}

async function save(file: string, bytes: Uint8Array): Promise<void> {
  try {
    const handle = await open(file, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError("QKD_OUTPUT_WRITE", `${file} cannot be written: ${fileReason(cause)}`, {
      cause,
      context: { file },
      ...(code === "EEXIST" ? { remedy: "name a file that does not exist yet" } : {}),
    });
  }
}
