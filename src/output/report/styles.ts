import { rollOutStates } from '../../core/roll-out/work-state.ts';
import { html, type Html } from './html.ts';

/**
 * Colours that people with any of the usual colour blindnesses tell apart (Okabe and Ito), and a sign beside each:
 * colour never says anything alone.
 */
export const styles: Html = html`<style>
  :root {
    color-scheme: light dark;
    --page: #fff; --text: #1b1f24; --quiet: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
    --met: #007a59; --unchanged: #3f6f63; --written: #0072b2; --pending: #22689c; --toCome: #656d76;
    --notBegun: #57606a; --parked: #9a6700; --silent: #a0417d; --failing: #b35900; --failed: #b3261e;
  }
  @media (prefers-color-scheme: dark) {
    :root {
      --page: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --panel: #151b23;
      --met: #1fb38a; --unchanged: #7fb5a6; --written: #56b4e9; --pending: #7fc1ec; --toCome: #8b949e;
      --notBegun: #a5adb6; --parked: #e6b422; --silent: #e08cc0; --failing: #f0a04b; --failed: #ff7b72;
    }
  }
  * { box-sizing: border-box; }
  body {
    margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 72rem; background: var(--page); color: var(--text);
    font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
  }
  h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
  h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
  h3 { font-size: .95rem; margin: 1rem 0 .35rem; font-weight: 600; }
  p, ul { margin: .5rem 0; }
  ul { padding-left: 1.2rem; }
  .quiet { color: var(--quiet); }
  .end { border-left: .35rem solid var(--failed); background: var(--panel); padding: .6rem .9rem; margin: 1rem 0; }
  .end.done { border-color: var(--met); }
  .end.open { border-color: var(--failing); }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0; }
  dt { color: var(--quiet); }
  dd { margin: 0; min-width: 0; }
  code, pre { font: 13px/1.5 ui-monospace, monospace; }
  pre span { display: inline-block; max-width: 100%; }
  pre { white-space: pre-wrap; background: var(--panel); padding: .6rem .8rem; margin: .25rem 0; border-radius: 4px; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
  th { color: var(--quiet); font-weight: 500; }
  td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
  table.few { width: auto; }
  .few td, .few th { padding-right: 1.6rem; }
  .wide { overflow-x: auto; overflow-wrap: normal; }
  td.name { white-space: nowrap; }
  td.told { min-width: 18rem; overflow-wrap: anywhere; }
  .sign {
    display: inline-block; width: 1.15rem; height: 1.15rem; border-radius: 3px; text-align: center; font: 700 12px/1.15rem
    ui-monospace, monospace; color: var(--page); background: var(--c); vertical-align: -2px; margin: 0;
    -webkit-print-color-adjust: exact; print-color-adjust: exact;
  }
  .key { display: flex; flex-wrap: wrap; gap: .35rem 1.25rem; margin: .5rem 0; padding: 0; list-style: none; }
  .grid { display: flex; flex-wrap: wrap; gap: 3px; }
  .bar { display: flex; height: 1.15rem; border-radius: 3px; overflow: hidden; background: var(--line); }
  .bar i { background: var(--c); min-width: 2px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .bar i + i { border-left: 1px solid var(--page); }
  .wave { display: grid; grid-template-columns: 11rem 1fr 5rem; gap: 0 .75rem; align-items: center; padding: .2rem 0; }
  .wave span:last-child { text-align: right; font-variant-numeric: tabular-nums; }
  .wave svg { display: block; width: 100%; height: 1.9rem; background: var(--panel); border-bottom: 1px solid var(--line); }
  .span { fill: var(--line); }
  .got { fill: var(--met); }
  .lost { fill: var(--failed); }
  .mark { fill: var(--c); }
  details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 4px; padding: .4rem .75rem; }
  summary { cursor: pointer; }
  details ul { columns: 18rem; }
  details > p:last-child { margin-bottom: 0; }
  @media (max-width: 40rem) {
    body { padding: 1rem .75rem 2rem; }
    h1 { font-size: 1.3rem; }
    dl { grid-template-columns: 1fr; gap: 0; }
    dd { margin-bottom: .5rem; }
    .wave { grid-template-columns: 1fr auto; }
    .wave svg { grid-column: 1 / -1; grid-row: 2; }
  }
  @media print {
    body { max-width: none; padding: 0; font-size: 11px; }
    details { break-inside: auto; }
    .wave, tr { break-inside: avoid; }
  }
  ${stateRules()}
</style>`;

function stateRules(): Html[] {
  return rollOutStates.map((state) => html`.s-${state}{--c:var(--${state})}`);
}
