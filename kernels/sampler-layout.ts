// Word offsets of the sampler's constants, read by the kernel and by whoever fills them in.

/** Gates of one window: offsets inside it fit 30 bits, the high counter word is constant over it. */
export const WINDOW_GATES = 0x40000000;
/** Candidates drawn at once. */
export const BATCH = 512;

export const FLAGS_AT = 0;
/** A third party replaces states. */
export const FLAG_SUBSTITUTION = 1;
/** The row also depends on the level code of the gate before. */
export const FLAG_PREVIOUS = 2;
/** Blind time holds for the detector that fired only. */
export const FLAG_SEPARATE_BLIND = 4;
/** The row also depends on the jitter level. */
export const FLAG_JITTER = 8;
/** A third party splits pulses by their photon number (SPLIT_AT). */
export const FLAG_SPLIT = 16;

/** Keys of the parties, each with its counter word behind. */
export const SENDER_KEY_AT = 1;
export const SENDER_COUNTER_AT = 2;
export const RECEIVER_KEY_AT = 3;
export const RECEIVER_COUNTER_AT = 4;
export const SUBSTITUTE_KEY_AT = 5;
export const SUBSTITUTE_COUNTER_AT = 6;
/** Of the sender's jitter levels. */
export const JITTER_KEY_AT = 7;
export const JITTER_COUNTER_AT = 8;
/** Thresholds on 31-bit words: first basis of receiver, substitute; fraction substituted. */
export const RECEIVER_BASIS_AT = 9;
export const SUBSTITUTE_FRACTION_AT = 10;
export const SUBSTITUTE_BASIS_AT = 11;
export const BLIND_GATES_AT = 13;
/** Number of release exponentials, then up to four cumulative 32-bit thresholds. */
export const RELEASE_PARTS_AT = 14;
export const RELEASE_WEIGHT_AT = 15;
export const MAX_RELEASE_PARTS = 4;
/** Cumulative 31-bit thresholds of what the sender chooses together: choice = 3 * basis + level. */
export const SENDER_CHOICE_AT = 19;
export const SENDER_CHOICES = 6;
/** Poisson tables: events of a candidate known to hold two or more, carriers of a trapping avalanche. */
export const EVENT_NUMBER_AT = 32;
export const CARRIER_NUMBER_AT = 4128;
export const NUMBER_TABLE_WORDS = 32;
/** Geometric tables of 288 words each: gates to the next candidate, candidates to the next with several events. */
export const GAP_AT = 64;
export const TRAP_AT = 352;
export const RELEASE_AT = 640;
export const SEVERAL_AT = 1792;
export const GEOMETRIC_TABLE_WORDS = 288;
/**
 * Rows of two cumulative thresholds: detector 0, detector 0 or 1. Row = sender basis + 2 sender bit + 4 level +
 * 16 receiver basis + 32 level of the gate before + 128 jitter level.
 */
export const ROWS_AT = 2080;
export const ROWS = 1024;
/**
 * Photon splitting: each candidate is of mode 0 untouched, 1 forwarded or 2 blocked. Two cumulative mode thresholds;
 * then a zero-truncated Poisson table per mode; a Poisson table per level, the photons that no
 * detector saw; rows of four cumulative thresholds (photon 0, photon 1, other 0, other 1),
 * 32 per mode.
 */
export const SPLIT_AT = 4160;
export const SPLIT_NUMBER_AT = 4176;
export const SPLIT_LOST_AT = 4272;
export const SPLIT_ROWS_AT = 4368;
/**
 * Gates to the next candidate as hexadecimal digits: how many there are, 2 or 3, else 0 and GAP_AT holds; then 16 alias
 * entries of each digit, the lowest first. The last value of the highest digit escapes (28-bit thresholds above 4-bit
 * aliases).
 */
export const DIGITS_AT = 4752;
export const DIGIT_TABLE_WORDS = 49;
export const TABLE_WORDS = 4804;

/** Most carriers that may wait for their release at once. */
export const MAX_PENDING = 4096;
