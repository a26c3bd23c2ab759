import { crc32 } from "node:zlib";
import { Command } from "commander";
import { CaptureFile, Recorder } from "../capture/index.ts";
import { wallNs } from "../drivers/index.ts";
import type { QkdError } from "../errors/index.ts";
import { logLine } from "./log-line.ts";
import { packageVersion } from "./package-version.ts";
import { type RecordedUnit, recordUnit } from "./recording/recorded-unit.ts";
import { unitsOf } from "./recording/units.ts";
import { spanOfTime } from "./span-of-time.ts";
import { endOverdue, StopRequest } from "./stop-request.ts";

interface RecordFlags {
  readonly out: string;
  readonly for?: number;
  readonly json?: true;
}

type Write = (text: string) => void;
const PROGRESS_EVERY_MS = 10_000;

/** `qkdlink record`: keeps what units say, without key, in files that Wireshark reads. */
export function recordCommand(write: Write = (text) => process.stdout.write(text)): Command {
  return new Command("record")
    .description("record what one unit or several say on session and telemetry, without key")
    .argument("<address...>", "units: a session address, and behind it that unit's telemetry address")
    .requiredOption("--out <file>", "the recording, pcapng; the next files get a number")
    .option("--for <time>", "end after so long: 90s, 30min, 8h", spanOfTime)
    .option("--json", "one JSON line at the end")
    .addHelpText(
      "after",
      `
A file has at most 64 MiB or an hour; beside each stands an index, FILE.idx. A full disk ends the recording.
qkdlink record tcp://10.0.0.7:5525 modbus+tcp://10.0.0.7:502 --out bob.pcapng --for 8h`,
    )
    .action(async (addresses: readonly string[], flags: RecordFlags) => record(addresses, flags, write));
}

async function record(addresses: readonly string[], flags: RecordFlags, write: Write): Promise<void> {
  const units = unitsOf(addresses);
  const stop = new StopRequest(endOverdue);
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => {});
  const file = new CaptureFile({ file: flags.out, stopped: (reason: QkdError) => failed.reject(reason) });
  const say = (sentence: string): void => {
    if (flags.json !== true) write(logLine(sentence));
  };
  const opened: RecordedUnit[] = [];
  const startedMs = performance.now();
  const recorder = new Recorder({
    sink: file,
    now: wallNs,
    application: `qkdlink ${packageVersion()}`,
    crc32,
  });
  let timer: NodeJS.Timeout | undefined;
  let progress: NodeJS.Timeout | undefined;
  try {
    await file.begin();
    for (const [index, unit] of units.entries()) {
      const one = await recordUnit(recorder, `unit ${index + 1}`, unit, stop.signal);
      opened.push(one);
      say(`unit ${index + 1} is ${one.name}`);
    }
    say(`recording to ${flags.out}${flags.for === undefined ? "; Ctrl-C ends it" : ""}`);
    progress = setInterval(() => say(counted(recorder, file)), PROGRESS_EVERY_MS);
    const over = new Promise<void>((resolve) => {
      if (flags.for !== undefined) timer = setTimeout(resolve, 1000 * flags.for);
    });
    await Promise.race([stop.made, over, failed.promise]);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
    clearInterval(progress);
    await Promise.all(opened.map((unit) => unit.close()));
    await file.close(recorder.statistics());
    // A unit that could not be opened leaves no file in the way of the next attempt.
    if (recorder.counts.written === 0) await file.discard();
    stop.close();
  }
  if (flags.json === true) {
    const durationS = Math.round(performance.now() - startedMs) / 1000;
    const named = opened.map(({ name }) => name);
    write(
      `${JSON.stringify({ file: flags.out, files: file.files, ...recorder.counts, durationS, units: named })}\n`,
    );
  } else say(counted(recorder, file));
}

function counted(recorder: Recorder, file: CaptureFile): string {
  const { written, dropped } = recorder.counts;
  const files = file.files === 1 ? file.file : `${file.files} files, now ${file.file}`;
  return `${written} packets in ${files}${dropped === 0 ? "" : `; ${dropped} were dropped, the disk is too slow`}`;
}
