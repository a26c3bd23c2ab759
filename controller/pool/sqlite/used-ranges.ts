/**
 * How a range of key is marked used, which the rules of the tables then never let go back. Values: row of the block,
 * first byte of the range, byte past its end. A half is used from its beginning, so it mostly is one growing row.
 */
export const START_USED = "INSERT INTO used VALUES (?1, ?2, ?3)";
export const EXTEND_USED = "UPDATE used SET past = ?3 WHERE block = ?1 AND first = ?2";
