import { useState } from "preact/hooks";
import type { LinkAction } from "../../controller/outlets/api/index.ts";

const BUTTONS: Readonly<Record<LinkAction, string>> = {
  cut: "Cut fibre",
  neighbour: "Light ch 44",
  eve: "Send Eve",
  repair: "Repair",
};
const DONE: Readonly<Record<LinkAction, string>> = {
  cut: "The fibre is cut. The alarm comes within seconds, the stock serves, then the fallback.",
  neighbour:
    "Channel 44 is lit with 0 dBm. Its Raman light makes vacuum pulses click: errors rise, the loss does not.",
  eve: "Eve measures and resends three of ten pulses. Errors rise in both bases, and blocks are withheld.",
  repair: "Fibre joined, channel 44 dark, Eve gone. It takes some seconds until all counts as well.",
};

interface Props {
  readonly actions: readonly LinkAction[];
  /** Resolves with what went wrong, or null. */
  readonly act: ((path: string) => Promise<string | null>) | null;
}

/** Plays with an emulated link. */
export function DemoBar({ actions, act }: Props) {
  const [said, setSaid] = useState(
    "Emulated link: each button makes it happen, and the page shows what the devices then report.",
  );
  const press = async (action: LinkAction) => {
    const wrong =
      act === null
        ? "Open the address with the token that the start line prints."
        : await act(`emulator/${action}`);
    setSaid(wrong ?? DONE[action]);
  };
  return (
    <section class="demo nowall" aria-label="Demo controls, emulated link">
      <span class="tag emu">EMULATED LINK</span>
      <p class="s" role="status">
        {said}
      </p>
      {actions.map((action) => (
        <button key={action} type="button" data-action={action} onClick={() => void press(action)}>
          {BUTTONS[action]}
        </button>
      ))}
    </section>
  );
}
