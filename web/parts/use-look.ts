import { useEffect, useState } from "preact/hooks";

export type Colours = "auto" | "light" | "dark";
export type View = "desk" | "wall";

/** How the page looks: for a desk or a wall, in which colours. */
export interface Look {
  readonly view: View;
  readonly colours: Colours;
  /** What the system asks for. */
  readonly dark: boolean;
}

/** The look that the address asks for (`?view=wall&colours=dark`), and what changes it. */
export function useLook(): readonly [Look, (change: Partial<Pick<Look, "view" | "colours">>) => void] {
  const [chosen, setChosen] = useState(readLook);
  const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const changed = () => setDark(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  const root = document.documentElement;
  root.classList.toggle("wall", chosen.view === "wall");
  const theme = chosen.view === "wall" ? "dark" : chosen.colours;
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  const change = (by: Partial<Pick<Look, "view" | "colours">>) => {
    const next = { ...chosen, ...by };
    const search = new URLSearchParams();
    if (next.view !== "desk") search.set("view", next.view);
    if (next.colours !== "auto") search.set("colours", next.colours);
    history.replaceState(null, "", location.pathname + (search.size === 0 ? "" : `?${search}`));
    setChosen(next);
  };
  return [{ ...chosen, dark }, change];
}

function readLook(): { readonly view: View; readonly colours: Colours } {
  const search = new URLSearchParams(location.search);
  const colours = search.get("colours");
  return {
    view: search.get("view") === "wall" ? "wall" : "desk",
    colours: colours === "light" || colours === "dark" ? colours : "auto",
  };
}
