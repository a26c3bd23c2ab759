import type { AlarmView } from "../api/index.ts";

/** What an alarm did. One that became worse is raised once more. */
export type AlarmState = "raised" | "cleared" | "acknowledged";

/** What is told to the collectors of an operator. None of it holds key. */
export type Notice =
  | {
      readonly type: "alarm";
      /** Counts the notices of a run from 1: a collector sees by a gap that it missed some, and by a repetition that it did not. */
      readonly sequence: number;
      readonly atMs: number;
      readonly state: AlarmState;
      readonly alarm: AlarmView;
    }
  /** A run begins: what an earlier one raised and did not clear is over. Or it ends: nothing more is told. */
  | {
      readonly type: "site";
      readonly sequence: number;
      readonly atMs: number;
      readonly state: "started" | "stopping";
    };

/** Whose site tells it, and under which number of IANA's list of enterprises. */
export interface Teller {
  readonly linkId: string;
  readonly node: string;
  /** What follows 1.3.6.1.4.1 in the OID of an enterprise, such as `32473`. */
  readonly enterprise: string;
}

/** What a notice is about: a later one about the same makes an earlier one old news. */
export function subjectOf(notice: Notice): string {
  return notice.type === "alarm" ? notice.alarm.id : "site";
}
