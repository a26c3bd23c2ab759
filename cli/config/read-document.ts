import type { Finding, Place, Remark } from "./finding.ts";
import type { SchemaReading } from "./schema-remarks.ts";
import { readSiteDocument } from "./site-document.ts";

/** A configuration file as it was read: what it says, and all that is wrong with its text alone. */
export interface DocumentReading<Draft> {
  readonly file: string;
  readonly findings: readonly Finding[];
  /** What is right of it, with file names as they stand. */
  readonly draft: Draft;
  /** No error was found: the draft is whole. */
  readonly right: boolean;
  /** Puts a remark where its field stands. */
  readonly find: (remark: Remark) => Finding;
}

/** What is known of one kind of file. */
export interface DocumentKind<Draft> {
  readonly bySchema: (value: unknown) => SchemaReading<Draft>;
  /** What its fields say against each other. */
  readonly contradictions: (draft: Draft) => readonly Remark[];
}

/** Reads texts of one kind; never throws, whatever they hold. */
export function documentReader<Draft>({
  bySchema,
  contradictions,
}: DocumentKind<Draft>): (text: string, file: string) => DocumentReading<Draft> {
  return (text, file) => {
    const document = readSiteDocument(text);
    const at = (remark: Remark, place: Place): Finding => {
      const { level, code, message, remedy } = remark;
      const field = remark.field.join(".");
      return { file, line: place.line, column: place.column, level, code, field, message, remedy };
    };
    const find = (remark: Remark): Finding => at(remark, document.placeOf(remark.field));
    if (document.value === undefined) {
      const findings = document.faults.map((fault) => at(unreadable(fault.message), fault));
      return { file, findings, draft: {} as Draft, right: false, find };
    }
    const { remarks, draft } = bySchema(document.value);
    const findings = [
      ...remarks.map((remark) => at(remark, document.placeOf(remark.field, remark.of))),
      ...contradictions(draft).map(find),
    ];
    return { file, findings, draft, right: findings.every(({ level }) => level !== "error"), find };
  };
}

function unreadable(message: string): Remark {
  return {
    level: "error",
    code: "QKD_CONFIG_UNREADABLE",
    field: [],
    message: `${message.charAt(0).toLowerCase()}${message.slice(1)}`,
    remedy: "correct the YAML or JSON",
  };
}
