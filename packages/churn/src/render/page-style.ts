/** Light and dark from the same variables; one accent, and its complement for what is removed. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --page: #fbfbfa; --card: #ffffff; --line: #e4e4e0; --grid: #ededea;
  --text: #1d1f21; --quiet: #62666c;
  --added: #1f6fb2; --removed: #c0622a; --soft: #1f6fb21f;
  --d0: #ececea; --d1: #bcd8ee; --d2: #7fb3dc; --d3: #3f8ac6; --d4: #15578f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #131516; --card: #1a1d1f; --line: #2c3033; --grid: #25292c;
    --text: #e7e8e9; --quiet: #9aa0a6;
    --added: #62aeea; --removed: #e39460; --soft: #62aeea24;
    --d0: #23272a; --d1: #1d3f5c; --d2: #28638f; --d3: #3f8ac6; --d4: #8cc8f5;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 1064px; margin: 0 auto; padding: 40px 24px 64px; }
header { margin-bottom: 24px; }
h1 { margin: 0; font-size: 28px; line-height: 1.2; letter-spacing: -0.01em; }
h2 { margin: 0 0 4px; font-size: 16px; }
h2 .note { font-weight: 400; font-size: 13px; margin-left: 8px; }
p { margin: 0; }
.quiet { color: var(--quiet); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 12px; margin-bottom: 12px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 16px 20px; }
.tile b { display: block; font-size: 24px; line-height: 1.25; font-weight: 600; letter-spacing: -0.01em; }
.tile b.added { color: var(--added); }
.tile b.removed { color: var(--removed); }
section.card { margin-bottom: 12px; }
.equation { font-size: 17px; font-weight: 600; overflow-wrap: anywhere; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin: 0 4px 0 12px; }
.key.added { background: var(--added); }
.key.removed { background: var(--removed); }
ul { margin: 8px 0 0; padding-left: 20px; }
.chart, .scroll { overflow-x: auto; }
.chart svg { display: block; width: 100%; min-width: 640px; height: auto; margin-top: 8px; }
.tick { fill: var(--quiet); font-size: 11.5px; }
.grid { stroke: var(--grid); }
.axis { stroke: var(--quiet); }
.area { fill: var(--soft); }
.curve { fill: none; stroke: var(--added); stroke-width: 2; stroke-linejoin: round; }
.last { fill: var(--added); stroke: var(--card); stroke-width: 2; }
.hover { fill: transparent; }
.hover:hover, g:hover > .hover { fill: var(--soft); }
rect.added { fill: var(--added); }
rect.removed { fill: var(--removed); }
.d0 { fill: var(--d0); } .d1 { fill: var(--d1); } .d2 { fill: var(--d2); } .d3 { fill: var(--d3); } .d4 { fill: var(--d4); }
table { border-collapse: collapse; width: 100%; margin-top: 8px; white-space: nowrap; }
th { font-weight: 500; color: var(--quiet); }
th, td { padding: 5px 0 5px 16px; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; text-align: left; }
td.name { max-width: 320px; overflow: hidden; text-overflow: ellipsis; }
tr:last-child td { border-bottom: 0; }
tr.sum td { font-weight: 600; }
td.name code { display: block; }
code { font: 12px ui-monospace, "SF Mono", Menlo, Consolas, monospace; color: var(--quiet); }
.share { display: flex; gap: 1px; width: 160px; height: 10px; margin-left: auto; }
.share i { display: block; height: 100%; border-radius: 2px; }
.share .added { background: var(--added); }
.share .removed { background: var(--removed); }
details summary { cursor: pointer; color: var(--quiet); }
footer { margin-top: 24px; color: var(--quiet); font-size: 13px; }
@media print { body { background: none; } .card { break-inside: avoid; } }
`;
