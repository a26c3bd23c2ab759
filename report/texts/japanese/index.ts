import { ENGLISH } from "../english/index.ts";

export const JAPANESE = ENGLISH;
