/** Style sheet of the page: no fonts, scripts or pictures from elsewhere; follows the reader's light or dark setting. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #fff; --line: #d9dee5; --good: #0a7d4b; --bad: #c0262d; --panel: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --soft: #9aa6b5; --paper: #14181e; --line: #333c48; --good: #42c98a; --bad: #ff6b70; --panel: #1b2129; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1120px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: 0.2rem; } h2 { font-size: 1.2rem; margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
.verdict { font-size: 1.15rem; font-weight: 600; } .good { color: var(--good); } .bad { color: var(--bad); }
table { border-collapse: collapse; width: 100%; font-size: 0.86rem; } th, td { text-align: left; padding: 0.28rem 0.6rem 0.28rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; } th.number { text-align: right; }
details { margin: 0.5rem 0; } summary { cursor: pointer; } summary b { font-weight: 600; } .catches { color: var(--soft); font-size: 0.86rem; margin: 0.2rem 0 0.4rem 1rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(420px, 1fr)); gap: 1.2rem; }
figure { margin: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 0.8rem; } figcaption { font-size: 0.82rem; color: var(--soft); }
figure h3 { font-size: 0.95rem; margin: 0 0 0.3rem; } svg { width: 100%; height: auto; display: block; } svg text { font-size: 11px; fill: var(--soft); } svg .label { font-size: 12px; fill: var(--ink); }
svg .grid { stroke: var(--line); stroke-width: 0.7; } svg .frame { fill: none; stroke: var(--soft); stroke-width: 0.8; } svg .mark { fill: var(--panel); stroke-width: 1.6; }
.legend { font-size: 0.8rem; margin: 0.2rem 0; } .legend span { margin-right: 0.9rem; white-space: nowrap; } .legend i { display: inline-block; width: 14px; margin-right: 5px; vertical-align: middle; }
.legend i.line { border-top: 2px solid var(--c); } .legend i.points { width: 7px; height: 7px; border: 2px solid var(--c); border-radius: 50%; } .legend i.bars { height: 9px; background: var(--c); opacity: 0.5; }
`;
