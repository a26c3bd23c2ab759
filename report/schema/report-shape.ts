import type { Plot, PlotAxis, PlotLine, PlotSeries } from "../plot.ts";
import {
  type Check,
  type CheckLimit,
  type Instrument,
  type LinkElement,
  ORIGINS,
  type RawFile,
  type Report,
  type ReportedLink,
  type SettingChange,
  type Signer,
  type SoakFigures,
  type StepResult,
  type UnitIdentity,
} from "../report.ts";
import { LANGUAGES } from "../texts/language.ts";
import { type Quantity, VERDICTS } from "../verdict.ts";
import { shape } from "./shape.ts";

const { text, number, count, flag, choice, list, object, orNull, matching } = shape;

const utc = matching(
  "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$",
  "a time as 2026-11-29T14:02:00.000Z",
);
const day = matching("^\\d{4}-\\d\\d-\\d\\d$", "a day as 2026-11-29");
const sha256 = matching("^[0-9a-f]{64}$", "a SHA-256 of 64 hexadecimal digits");
/** Names of files below the report's folder: no way leads out of it. */
const file = matching(
  "^(?!.*(?:^|/)\\.{1,2}(?:/|$))[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*$",
  "a path below the report's folder",
);
const named = matching("^[A-Za-z][A-Za-z0-9]*$", "a name of letters and digits");
const site = choice("alice", "bob");
const judged = choice(...VERDICTS, "notApplicable");
const person = object<{ name: string; site: string }>({ name: text, site: text });

const quantity = object<Quantity>({ value: number, unit: text, u: number, n: number });

const limit = object<CheckLimit>({
  low: orNull(number),
  high: orNull(number),
  reference: orNull(number),
  origin: choice(...ORIGINS),
  ref: text,
});

const check = object<Check>({
  id: named,
  name: text,
  measured: orNull(quantity),
  limit: orNull(limit),
  margin: orNull(number),
  U: orNull(number),
  verdict: judged,
  shown: orNull(object<{ measured: string; limit: string }>({ measured: text, limit: text })),
  reason: orNull(text),
});

const setting = object<SettingChange>({
  unit: site,
  name: text,
  unitOfValue: text,
  found: text,
  during: list(text, 1000),
  left: text,
  restored: flag,
});

const axis = object<PlotAxis>({
  label: text,
  from: number,
  to: number,
  log: flag,
  places: list(text, 100),
});

const plot = object<Plot>({
  title: text,
  note: text,
  wide: flag,
  x: axis,
  y: axis,
  series: list(
    object<PlotSeries>({
      name: text,
      drawn: choice("points", "line", "bars", "dashed"),
      x: list(number),
      y: list(number),
      u: list(number),
    }),
    20,
  ),
  lines: list(
    object<PlotLine>({
      across: choice("x", "y"),
      at: number,
      from: orNull(number),
      to: orNull(number),
      label: text,
      meaning: choice("limit", "expected", "result"),
    }),
    20,
  ),
});

const step = object<StepResult>({
  id: named,
  number: count,
  name: text,
  verdict: judged,
  reason: orNull(text),
  attempt: count,
  startedUtc: utc,
  endedUtc: utc,
  durationS: number,
  checks: list(check, 1000),
  settings: list(setting, 1000),
  evidence: list(file, 100),
  plots: list(plot, 10),
  finding: orNull(text),
  remedy: orNull(text),
});

const unit = object<UnitIdentity>({
  role: site,
  vendor: text,
  model: text,
  serial: text,
  firmware: text,
  hardware: text,
  calibratedOn: orNull(day),
  calibrationDueOn: orNull(day),
  parts: list(object<UnitIdentity["parts"][number]>({ name: text, model: text, serial: text }), 100),
  parameters: list(object<UnitIdentity["parameters"][number]>({ name: text, value: text, unit: text }), 1000),
});

const instrument = object<Instrument>({
  kind: text,
  serial: text,
  usedIn: list(count, 24),
  calibratedOn: orNull(day),
  dueOn: orNull(day),
});

const link = object<ReportedLink>({
  linkId: text,
  name: text,
  preset: text,
  clockHz: number,
  lengthKm: orNull(number),
  plan: orNull(object<NonNullable<ReportedLink["plan"]>>({ file, sha256 })),
  elements: list(
    object<LinkElement>({
      kind: choice("span", "connector", "splice", "mux", "other"),
      name: text,
      detail: text,
      lossDb: orNull(number),
      limitDb: number,
    }),
    200,
  ),
  lossLimitDb: orNull(number),
  channels: list(text, 100),
});

const soak = object<SoakFigures>({
  durationS: number,
  meanRateBps: number,
  uptimeShare: number,
  qberInLimitShare: number,
  erroredSeconds: count,
  severelyErroredSeconds: count,
  downtimeS: number,
});

/** The form of report.json, every member once. */
export const REPORT_SHAPE = object<Report>({
  schema: choice("qkdlink-report/1"),
  id: matching("^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$", "a name of letters, digits, dots and hyphens"),
  language: choice(...LANGUAGES),
  startedUtc: utc,
  endedUtc: utc,
  verdict: choice(...VERDICTS),
  worstMargin: orNull(object<NonNullable<Report["worstMargin"]>>({ step: count, check: named })),
  operator: orNull(person),
  witness: orNull(person),
  signers: list(object<Signer>({ role: choice("operator", "witness"), name: text, publicKey: sha256 }), 2),
  sites: object<Report["sites"]>({ alice: text, bob: text }),
  link,
  units: list(unit, 2),
  instruments: list(instrument, 100),
  tool: object<Report["tool"]>({ name: text, version: text, renderer: count, model: text }),
  conditions: list(object<Report["conditions"][number]>({ name: text, text }), 100),
  steps: list(step, 24),
  kpi: orNull(soak),
  raw: list(object<RawFile>({ file, sha256, bytes: count, rows: orNull(count) }), 1000),
  skipped: list(object<Report["skipped"][number]>({ number: count, reason: text }), 24),
  raisedAlarms: list(count, 128),
  untestedAlarms: list(count, 128),
  baseline: orNull(object<NonNullable<Report["baseline"]>>({ id: text, sha256 })),
});

/** The JSON Schema of report.json; `report.schema.json` holds the same for other tools. */
export const REPORT_SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "qkdlink acceptance report",
  ...REPORT_SHAPE.schema,
};
