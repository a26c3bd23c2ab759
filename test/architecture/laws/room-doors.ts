import { imports } from "./imports.ts";
import { roomOf, type SourceFile } from "./source-file.ts";

/** Folders with a door of their own: an entry point of the package, or a room within a room that tests share. */
const FURTHER_INDEXES: readonly string[] = [
  "emulator/testing/index.ts",
  "emulator/container/index.ts",
  "report/testing/index.ts",
  "client/exchange/index.ts",
  "test/reference/index.ts",
  "controller/outlets/api/index.ts",
  "controller/outlets/bus/index.ts",
  "controller/outlets/collectors/index.ts",
  "controller/outlets/explaining/index.ts",
  "controller/node/index.ts",
  "controller/node/network/index.ts",
];

/** A part of a room that tests or figures of inner parts may enter beside the index. */
interface InnerDoor {
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

export const INNER_DOORS: readonly InnerDoor[] = [
  {
    from: "test/integration/",
    to: "commissioning/",
    because: "a scan is made with a unit as if it could not measure by itself, which every emulated one can",
  },
  {
    from: "test/integration/",
    to: "emulator/optics/drift/drift-averaged.ts",
    because:
      "a day of a drifting link is held to the closed form's mean over that drift, which nothing else asks for",
  },
  {
    from: "test/reference/",
    to: "kernels/",
    because:
      "a plain reference follows the same plan over the same field, so that results compare bit by bit",
  },
  {
    from: "test/property/",
    to: "kernels/",
    because: "the field, the plans and the module's memory are properties of their own",
  },
  {
    from: "test/property/",
    to: "controller/routing/",
    because: "ways are compared with what trying all of them finds",
  },
  {
    from: "test/integration/",
    to: "controller/routing/",
    because: "nodes that relay key are composed in memory, with ways over links as they are",
  },
  {
    from: "test/contract/",
    to: "emulator/ports/",
    because: "every port is driven by itself, without a device behind it",
  },
  {
    from: "test/statistics/",
    to: "controller/sources/distillation/",
    because: "the parts that draw at random are audited alone",
  },
  {
    from: "test/integration/",
    to: "controller/sources/",
    because: "a peer that lies is made from the messages that an honest one sends",
  },
  {
    from: "test/integration/",
    to: "controller/outlets/",
    because: "boards and rules are held against the metrics without a site that runs",
  },
  {
    from: "test/system/",
    to: "controller/outlets/collectors/",
    because: "rsyslogd and snmptrapd are told alarms without a site that runs",
  },
  {
    from: "test/system/",
    to: "controller/outlets/bus/",
    because: "a NATS server is told events without a site that runs",
  },
  {
    from: "test/models/",
    to: "controller/agreement/",
    because: "a model's handlers are the product's own steps",
  },
  {
    from: "test/models/",
    to: "controller/sources/relay/",
    because: "a model's handlers are the product's own steps",
  },
  {
    from: "test/models/",
    to: "controller/pool/gone-step.ts",
    because: "what a store does on a notice is part of the model",
  },
  {
    from: "test/integration/",
    to: "controller/streams/",
    because: "two nodes share streams in memory, without links that fill their pools",
  },
  {
    from: "test/integration/",
    to: "controller/pool/",
    because: "agreement over a crash needs stores whose clock the test sets",
  },
  {
    from: "test/integration/",
    to: "controller/agreement/",
    because: "agreement over a crash is played without devices",
  },
  {
    from: "test/integration/",
    to: "controller/peer/",
    because: "what two sites say to each other is played over channels of the test's own",
  },
  {
    from: "test/integration/",
    to: "controller/pool/",
    because: "a store is stopped between its steps, and its files are read as a thief reads them",
  },
  {
    from: "test/contract/",
    to: "controller/pool/",
    because: "one suite says what any store must keep, in its thread and out of it",
  },
  {
    from: "test/models/",
    to: "controller/pool/",
    because: "a store is stopped between the effects of its core, which nobody sees from outside",
  },
  {
    from: "test/torture/",
    to: "controller/pool/",
    because: "a store is started a thousand times, and nothing else of a controller with it",
  },
  {
    from: "test/fuzz/",
    to: "controller/peer/",
    because: "the framing of the peer's bytes is fuzzed without a connection",
  },
  {
    from: "test/fuzz/",
    to: "cli/",
    because: "files of operators are fuzzed as text, without a disk",
  },
  {
    from: "test/fuzz/",
    to: "emulator/",
    because: "scenario files are fuzzed as text, and happenings are the seeds of control bodies",
  },
  {
    from: "test/liars/",
    to: "controller/",
    because: "whole sites run in virtual time, without the threads that a composed one starts",
  },
  {
    from: "bench/stages/",
    to: "controller/sources/distillation/",
    because: "each stage of a block is timed alone",
  },
];

/** Imports that enter a room beside its index and beside the inner doors. */
export function roomDoors(files: readonly SourceFile[], inner: readonly InnerDoor[] = INNER_DOORS): string[] {
  return imports(files)
    .ours.filter(({ from, to }) => isInner(from, to))
    .filter(({ from, to }) => !inner.some((door) => from.startsWith(door.from) && to.startsWith(door.to)))
    .map(({ from, to }) => `${from} enters ${to} beside its index`);
}

/** Inner doors that nobody uses any more. */
export function unusedDoors(
  files: readonly SourceFile[],
  inner: readonly InnerDoor[] = INNER_DOORS,
): string[] {
  const edges = imports(files).ours.filter(({ from, to }) => isInner(from, to));
  return inner
    .filter((door) => !edges.some(({ from, to }) => from.startsWith(door.from) && to.startsWith(door.to)))
    .map((door) => `nothing in ${door.from} enters ${door.to}`);
}

function isInner(from: string, to: string): boolean {
  if (roomOf(from) === roomOf(to) || to.startsWith("dist/") || to.startsWith("..")) return false;
  return !/^[^/]+\/index\.ts$/.test(to) && !FURTHER_INDEXES.includes(to);
}
