/** Days since 1970 of a time of report.json, by the Gregorian calendar. Needs no clock: the text has it all. */
export function dayOf(utc: string): number {
  const [year = 1970, month = 1, day = 1] = utc.slice(0, 10).split("-").map(Number);
  const [hour = 0, minute = 0, second = 0] = utc.slice(11, 19).split(":").map(Number);
  // March begins the year, so that the leap day is its last.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const days =
    era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
  return days + (hour * 3600 + minute * 60 + second) / 86_400;
}
