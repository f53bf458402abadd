// The look of the report: quiet, dense, aligned. Colours are variables, so that both themes and print differ in one place;
// every text colour has a contrast of 4.5 and more on its ground.

const LIGHT = `
  --ground: #ffffff; --panel: #f6f7f8; --text: #1a1d21; --muted: #59626d; --line: #dfe3e7; --grid: #e9ecef;
  --pass: #0b6a3c; --fail: #b3261e; --warn: #7d4e00; --fail-ground: #fdf1f0; --warn-ground: #fdf6e7; --link: #0a5cab;
  --badge: #ffffff; --region: rgba(86, 98, 112, 0.12); --mark: rgba(86, 98, 112, 0.55); --limit: #b3261e;
  --s0: #0072b2; --s1: #d55e00; --s2: #009e73; --s3: #cc79a7; --s4: #e69f00; --shade: rgba(213, 94, 0, 0.25);
  --h0: #eef3f8; --h1: #d3e2ef; --h2: #b0cce3; --h3: #86b2d5; --h4: #5794c4; --h5: #2f75ad; --h6: #16568c; --h7: #0a3762;
  color-scheme: light;`;

const DARK = `
  --ground: #14171a; --panel: #1c2024; --text: #e3e6ea; --muted: #9ba5b0; --line: #31373e; --grid: #262b31;
  --pass: #4fc08d; --fail: #ff8a80; --warn: #e8b44c; --fail-ground: #2d1b1a; --warn-ground: #2a2315; --link: #79b8ff;
  --badge: #14171a; --region: rgba(155, 165, 176, 0.16); --mark: rgba(155, 165, 176, 0.55); --limit: #ff8a80;
  --s0: #56b4e9; --s1: #e69f00; --s2: #2bc196; --s3: #cc79a7; --s4: #f0e442; --shade: rgba(230, 159, 0, 0.28);
  --h0: #1b2229; --h1: #1f3242; --h2: #23455f; --h3: #285a7f; --h4: #3073a2; --h5: #4a91c3; --h6: #7db5dc; --h7: #c2e0f4;
  color-scheme: dark;`;

const PAGE = `
* { box-sizing: border-box; }
html { scroll-padding-top: 12px; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere;
  font: 14px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 1160px; margin: 0 auto; padding: 20px 24px 48px; --gutter: 62px; --edge: 20px; }
h1 { font-size: 22px; line-height: 1.25; margin: 0; min-width: 0; }
h2 { font-size: 16px; margin: 36px 0 10px; padding-bottom: 4px; border-bottom: 1px solid var(--line); }
h3 { font-size: 14px; margin: 0; }
h3 small { font-weight: 400; color: var(--muted); font-size: 12px; }
p { margin: 4px 0; }
ul, ol, dl, figure { margin: 0; padding: 0; }
a { color: var(--link); }
code, pre { font: 12px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; }
pre { margin: 6px 0; padding: 10px 12px; background: var(--panel); border: 1px solid var(--line); overflow-x: auto; white-space: pre; }
button, input { font: inherit; font-size: 12px; color: var(--text); background: var(--ground); border: 1px solid var(--line);
  border-radius: 3px; padding: 2px 8px; min-height: 24px; }
button { cursor: pointer; }
button:hover { border-color: var(--muted); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; }
.muted { color: var(--muted); }
.note { color: var(--muted); font-size: 12px; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .warn { color: var(--warn); }
html:not(.js) .needs-js { display: none; }
.js .script-missing { display: none; }
`;

const TOP = `
.title { display: flex; align-items: center; gap: 10px; flex-wrap: wrap; }
#theme { margin-left: auto; }
.cluster { font-size: 15px; }
.facts { font-size: 12px; }
.badge { font-size: 12px; font-weight: 600; color: var(--badge); border-radius: 3px; padding: 1px 8px; white-space: nowrap; }
.badge.pass { background: var(--pass); } .badge.fail { background: var(--fail); }
.badge.warn { background: var(--warn); } .badge.none { background: var(--muted); }
.banner { background: var(--warn-ground); border-left: 3px solid var(--warn); padding: 6px 10px; margin: 8px 0; }
.verdict { font-size: 16px; font-weight: 600; color: var(--text); border-left: 4px solid var(--muted); padding: 6px 12px;
  margin: 14px 0 0; background: var(--panel); }
.verdict.pass { border-color: var(--pass); } .verdict.fail { border-color: var(--fail); } .verdict.warn { border-color: var(--warn); }
nav ul { list-style: none; display: flex; flex-wrap: wrap; gap: 0 14px; margin-top: 10px; font-size: 12px; line-height: 24px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(168px, 1fr)); gap: 8px; }
.card { border: 1px solid var(--line); border-radius: 3px; padding: 8px 10px; min-width: 0; font-size: 12px; }
.card.failed { border-color: var(--fail); }
.card h3 { font-size: 12px; font-weight: 600; color: var(--muted); }
.card p { margin: 0; }
.card .figure { font-size: 22px; line-height: 1.3; font-weight: 600; }
.card.failed .figure { color: var(--fail); }
.card .interval { margin-bottom: 2px; }
.card ul { list-style: none; margin-top: 4px; }
.findings { list-style: none; display: grid; gap: 10px; }
.findings .remedy { color: var(--muted); }
.tag { font-size: 11px; font-weight: 600; border: 1px solid; border-radius: 3px; padding: 0 5px; margin-right: 2px; }
.tag.critical { color: var(--fail); } .tag.warning { color: var(--warn); } .tag.info { color: var(--muted); }
`;

const TABLES = `
.scroll { overflow-x: auto; margin: 6px 0; }
table { border-collapse: collapse; width: 100%; font-size: 13px; overflow-wrap: normal; }
th, td { text-align: right; padding: 3px 0 3px 14px; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; font-size: 12px; color: var(--muted); vertical-align: bottom; }
th small { font-weight: 400; font-size: inherit; white-space: nowrap; }
td { white-space: nowrap; }
th.w, td.w { text-align: left; }
td:not(.w) + .w, th:not(.w) + .w { padding-left: 26px; }
td.w { white-space: normal; overflow-wrap: break-word; }
.keep { white-space: nowrap; overflow-wrap: normal; }
th:first-child, td:first-child { padding-left: 0; }
tr:target td { background: var(--warn-ground); }
dl.inline { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 8px 0; }
dl.inline dt, dl.rows dt { color: var(--muted); font-size: 12px; }
dl.inline dd { margin: 0; font-weight: 600; }
dl.rows > div { display: grid; grid-template-columns: minmax(90px, 160px) minmax(0, 1fr); gap: 12px; padding: 2px 0; font-size: 13px;
  border-bottom: 1px solid var(--line); }
dl.rows dd { margin: 0; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 8px 32px; margin-top: 10px; }
ul.plain { padding-left: 18px; }
details.twin { margin: 0; }
summary { cursor: pointer; font-size: 12px; line-height: 24px; color: var(--muted); width: fit-content; }
details.twin .scroll { max-height: 420px; overflow-y: auto; }
details.twin thead th { position: sticky; top: 0; background: var(--ground); }
.filter { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; font-size: 12px; }
.command { display: flex; gap: 8px; align-items: center; }
.command pre { flex: 1; min-width: 0; white-space: pre-wrap; }
#scenario-text { max-height: 560px; overflow: auto; }
`;

const CHARTS = `
.shared { position: relative; }
.chart { margin: 18px 0 0; min-width: 0; break-inside: avoid; }
.chart-head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 18px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0 16px; font-size: 12px; margin: 0 0 0 auto; }
.legend li { white-space: nowrap; }
.legend bdi { display: inline-block; max-width: 26ch; overflow: hidden; text-overflow: ellipsis; vertical-align: bottom; }
.legend small { color: var(--muted); font-size: inherit; }
.legend b { display: inline-block; min-width: 4.6em; font-weight: 600; }
.legend.live small { visibility: hidden; }
.swatch { margin-right: 4px; vertical-align: 2px; }
.swatch line { stroke-width: 2; }
line.s0 { stroke: var(--s0); } line.s1 { stroke: var(--s1); } line.s2 { stroke: var(--s2); }
line.s3 { stroke: var(--s3); } line.s4 { stroke: var(--s4); } line.limit { stroke: var(--limit); stroke-width: 1.5; }
figcaption { font-size: 13px; color: var(--muted); margin: 0 0 4px; }
.plot { position: relative; height: 132px; }
.plot.tall { height: 200px; }
.plot > .area { position: absolute; top: 0; bottom: 20px; left: var(--gutter); right: var(--edge); pointer-events: none; }
.area { position: relative; }
.cursor { position: absolute; top: 0; bottom: 0; width: 0; border-left: 1px solid var(--text); opacity: 0.6; pointer-events: none; }
.cursor b { position: absolute; bottom: 0; left: 4px; padding: 0 4px; font-size: 11px; font-weight: 600; white-space: nowrap;
  color: var(--ground); background: var(--text); }
.cursor.left b { left: auto; right: 4px; }
.cursor:has(b) { opacity: 1; }
.lane { padding: 4px var(--edge) 0 var(--gutter); background: var(--ground); font-size: 12px; }
.lane.sticky { position: sticky; top: 0; z-index: 2; box-shadow: 0 1px 0 var(--line); }
.lane-row { position: relative; height: 22px; overflow: hidden; }
.lane-row i { position: absolute; bottom: 1px; height: 4px; min-width: 2px; }
.lane-row i.drill { background: var(--muted); }
.lane-row i.warmup { background: var(--line); }
.lane-row.events { height: 9px; border-bottom: 1px solid var(--line); }
.lane-row i.event { bottom: 0; height: 7px; width: 2px; min-width: 0; margin-left: -1px; background: var(--muted); }
.lane-label { position: absolute; padding: 0 1px; line-height: 17px; white-space: nowrap; }
.ticks { position: relative; height: 18px; font-size: 11px; color: var(--muted); }
.ticks span { position: absolute; transform: translateX(-50%); white-space: nowrap; }
.phases { margin-top: 14px; }
.phases svg { display: block; width: 100%; overflow: hidden; font-size: 12px; }
.phases text { fill: var(--text); }
.phases rect { fill: var(--s0); stroke: var(--s0); stroke-width: 1.5; }
.phases line { stroke: var(--mark); stroke-dasharray: 2 2; }
.heat { display: flex; }
.heat-names { position: relative; flex: 0 0 var(--gutter); font-size: 11px; line-height: 1; color: var(--muted); overflow: hidden; }
.heat-names span { position: absolute; right: 6px; left: 0; text-align: right; padding-top: 3px; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.heat .area { flex: 1; min-width: 0; margin-right: var(--edge); }
.heat svg { display: block; width: 100%; height: 100%; shape-rendering: crispEdges; }
.area-row { padding: 0 var(--edge) 0 var(--gutter); }
.heat-scale { align-items: center; gap: 0; }
.heat-scale i { width: 18px; height: 10px; }
.heat-scale span { padding: 0 6px; }
${[0, 1, 2, 3, 4, 5, 6, 7].map(step => `path.h${step} { fill: var(--h${step}); } i.h${step} { background: var(--h${step}); }`).join("\n")}
.story { margin-top: 18px; }
.story + .story { margin-top: 30px; }
`;

const NARROW = `
@media (max-width: 640px) {
  main { padding: 14px 12px 32px; --gutter: 60px; --edge: 18px; }
  .legend { margin-left: 0; }
  .cards { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .card .figure { font-size: 18px; }
  .lane.sticky { position: static; box-shadow: none; }
  td.w:not(:first-child) { min-width: 6.5em; }
}
`;

const PRINT = `
@page { margin: 14mm; }
@media print {
  body { font-size: 11px; }
  main { max-width: none; padding: 0; }
  nav, button, .filter { display: none !important; }
  .lane.sticky { position: static; box-shadow: none; }
  .plot canvas { width: 100% !important; height: 100% !important; }
  .scroll, details.twin .scroll, #scenario-text { overflow: visible; max-height: none; }
  details.twin thead th { position: static; }
  pre { white-space: pre-wrap; }
  table, th { font-size: 9px; }
  th, td, td:not(.w) + .w, th:not(.w) + .w { padding: 2px 0 2px 7px; }
  th small { white-space: normal; }
  details.twin table { font-size: 8px; line-height: 1.25; }
  tr, .card, .findings li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  i, rect, path, .badge, .verdict, .banner { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

/** Dark by wish of the system or of the button; paper is always light. */
export const STYLE = `
:root {${LIGHT}}
@media screen and (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {${DARK}} }
@media screen { :root[data-theme="dark"] {${DARK}} }
${PAGE}${TOP}${TABLES}${CHARTS}${NARROW}${PRINT}`;
