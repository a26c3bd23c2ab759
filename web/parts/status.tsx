import type { ComponentChildren } from "preact";

/** Shapes of a status; each goes with a word, never with its colour alone. */
export type Shape = "ok" | "warn" | "bad" | "unk" | "memo" | "never" | "none";

const DRAWN: Readonly<Record<Shape, ComponentChildren>> = {
  ok: <circle cx="8" cy="8" r="6" fill="currentColor" />,
  warn: <path d="M8 1 15.5 14.5H.5Z" fill="currentColor" />,
  bad: <path d="M1.5 1.5h13v13h-13Z" fill="currentColor" />,
  unk: <path d="M2 2l12 12M14 2 2 14" stroke="currentColor" stroke-width="2.4" />,
  memo: (
    <>
      <path d="M8 .8 15.2 8 8 15.2.8 8Z" fill="none" stroke="currentColor" stroke-width="2" />
      <path d="M8 2 14 8 8 14Z" fill="currentColor" />
    </>
  ),
  never: <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />,
  none: <rect x="2" y="2" width="12" height="12" fill="none" stroke="currentColor" stroke-width="2" />,
};

/** The shape alone. */
export function Mark({ shape }: { readonly shape: Shape }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      {DRAWN[shape]}
    </svg>
  );
}

/** Shape and word. */
export function Status({
  shape,
  colour = shape,
  children,
}: {
  readonly shape: Shape;
  readonly colour?: string;
  readonly children: ComponentChildren;
}) {
  return (
    <span class={`st ${colour}`}>
      <Mark shape={shape} />
      {children}
    </span>
  );
}

/** A kind of key: solid quantum, striped post-quantum, hatched outline none. */
export function KeyKind({ kind }: { readonly kind: "quantum" | "post-quantum" | "none" }) {
  return (
    <span class="kd">
      <i class={kind === "quantum" ? "q" : kind === "none" ? "n" : "p"} />
      {kind}
    </span>
  );
}
