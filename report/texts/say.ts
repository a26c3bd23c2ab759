import { ENGLISH } from "./english/index.ts";
import { JAPANESE } from "./japanese/index.ts";
import type { Language } from "./language.ts";

/** Names of all texts, the same in every language. */
export type TextId = keyof typeof ENGLISH;

/** Values that stand in a text under their names. */
export type TextValues = Readonly<Record<string, string | number>>;

export type Say = (id: TextId, values?: TextValues) => string;

const CATALOGUE: Readonly<Record<Language, Readonly<Record<TextId, string>>>> = {
  en: ENGLISH,
  ja: JAPANESE,
};

/** Speaks a language: the text of a name, with values in their places. */
export function sayIn(language: Language): Say {
  const texts = CATALOGUE[language];
  return (id, values = {}) =>
    texts[id].replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
}
