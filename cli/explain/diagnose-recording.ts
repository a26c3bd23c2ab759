import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { fileName, readCapture } from "../../capture/index.ts";
import { healthIndicators } from "../../controller/outlets/explaining/index.ts";
import { explain } from "../../diagnosis/index.ts";
import { CaptureError, ConfigError, fileReason } from "../../errors/index.ts";
import { loadBaseline, usualBaselinePath } from "./baseline-file.ts";
import type { Diagnosis } from "./diagnosis-of.ts";
import { RecordedLink } from "./recorded-link.ts";

/** How a recording is looked at. */
export interface RecordingLook {
  /** Of the baseline; the link's usual one by default. */
  readonly path?: string;
  /** The last so many seconds of the recording. */
  readonly forS: number;
  /** Numbers of the units that are meant, from 1; empty for all. */
  readonly units: readonly number[];
  readonly signal: AbortSignal;
  /** Packets that went by. */
  readonly told: (packets: number) => void;
}

/** A diagnosis with what of a recording it is made from. */
export interface RecordingDiagnosis extends Diagnosis {
  readonly recording: {
    readonly file: string;
    readonly units: readonly number[];
    readonly fromUtc: string;
    readonly toUtc: string;
    /** What ended the reading early; the rest was not seen. */
    readonly damage: string | null;
  };
}

const PCAPNG = [0x0a, 0x0d, 0x0d, 0x0a];
/** Whoever stops is heard after so many packets. */
const HEARD_EVERY = 4096;

/**
 * Diagnoses a link by what a recording holds of it. Resolves with null where it was stopped. ConfigError
 * QKD_CONFIG_UNREADABLE for a file that cannot be read, CaptureError for what is no recording, holds too little, or is
 * damaged before anything could be read.
 */
export async function diagnoseRecording(
  file: string,
  { path, forS, units, signal, told }: RecordingLook,
): Promise<RecordingDiagnosis | null> {
  await refuseOthers(file);
  const link = new RecordedLink(BigInt(Math.round(forS * 1e9)), { crc32 });
  const damage = await readAll(file, link, signal, told);
  if (signal.aborted) return null;
  if (link.packets === 0)
    throw (
      damage ??
      new CaptureError("QKD_CAPTURE_MISSING", `${file} holds nothing that a unit or a site said`, {
        context: { file },
        remedy: "name a recording of qkdlink record",
      })
    );
  const recorded = link.finish(units);
  const known = baselineOf(file, recorded.linkId, path);
  const look = recorded.look(known.clockHz);
  const indicators = healthIndicators(known.baseline, [], look);
  return {
    explanation: explain(known.baseline, look, { indicators: indicators.map(({ name }) => name) }),
    indicators,
    frames: recorded.frames,
    baseline: { path: known.path, learntUtc: known.learntUtc },
    recording: {
      file,
      units: recorded.units,
      fromUtc: utc(recorded.fromNs),
      toUtc: utc(recorded.toNs),
      damage: damage?.message ?? null,
    },
  };
}

function baselineOf(file: string, linkId: string | null, named: string | undefined) {
  if (linkId === null && named === undefined)
    throw new CaptureError("QKD_CAPTURE_MISSING", `${file} does not say of which link it is`, {
      context: { file },
      remedy: "name the baseline of its link with --baseline FILE",
    });
  const path = named ?? usualBaselinePath(linkId ?? "");
  return { path, ...loadBaseline(path, linkId) };
}

/** A recording may go on in further files; a damage ends the reading, and what was before it counts. */
async function readAll(
  first: string,
  link: RecordedLink,
  signal: AbortSignal,
  told: (packets: number) => void,
): Promise<CaptureError | null> {
  try {
    let seen = 0;
    for (let number = 1; number === 1 || existsSync(fileName(first, number)); number++)
      for await (const packet of readCapture(fileName(first, number))) {
        link.take(packet);
        seen += 1;
        if (seen % HEARD_EVERY !== 0) continue;
        if (signal.aborted) return null;
        told(seen);
      }
    return null;
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw unreadable(first, error);
  }
}

async function refuseOthers(file: string): Promise<void> {
  const begins = new Uint8Array(PCAPNG.length);
  let bytes: number;
  try {
    const handle = await open(file, "r");
    try {
      bytes = (await handle.read(begins, 0, begins.length, 0)).bytesRead;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw unreadable(file, cause);
  }
  if (bytes === PCAPNG.length && PCAPNG.every((byte, at) => begins[at] === byte)) return;
  throw new CaptureError(
    "QKD_CAPTURE_MISSING",
    `${file} is no recording${bytes === 0 ? ": it is empty" : ""}`,
    {
      context: { file },
      remedy: "name a pcapng file of qkdlink record",
    },
  );
}

function unreadable(file: string, cause: unknown): ConfigError {
  return new ConfigError("QKD_CONFIG_UNREADABLE", `${file} cannot be read: ${fileReason(cause)}`, {
    cause,
    context: { file },
    remedy: "name a recording of qkdlink record, or a unit as tcp://host:port",
  });
}

const utc = (atNs: bigint): string => new Date(Number(atNs / 1_000_000n)).toISOString();
