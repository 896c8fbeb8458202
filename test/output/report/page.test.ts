import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollOutRecord } from '../../../src/core/roll-out/record.ts';
import type { RollOutFact, WorkEnd } from '../../../src/core/roll-out/facts.ts';
import { html } from '../../../src/output/report/html.ts';
import { reportPage, type ReportFacts } from '../../../src/output/report/page.ts';
import { hostileRollOut, markup, fleetRollOut, planOfFleet } from './support.ts';

const facts: ReportFacts = { exitCode: 0, command: 'maestro-cli apply', startedWallMs: 0, endedWallMs: 60_000 };

function pageOf(told: readonly RollOutFact[], more: Partial<ReportFacts> = {}): string {
  const record = new RollOutRecord();
  for (const fact of told) record.take(fact);
  return reportPage(record.picture(), { ...facts, ...more });
}

/** What stands between tags, as a person reads it. */
function readable(page: string): string {
  return page
    .replace(/<style>[^]*?<\/style>/, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ');
}

describe('what is filled into a page', () => {
  it('is text, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`<>&"'\`/=ab \n\u202e\u0000`) }), (text) => {
        const made = html`<p title="${text}">${text}</p>`.text;
        const [, title = '', inner = ''] = /^<p title="([^"]*)">([^<]*)<\/p>$/.exec(made) ?? ['', undefined, undefined];
        expect(made).toBe(`<p title="${title}">${inner}</p>`);
        expect(title).not.toMatch(/[<>"']/);
        expect(inner).not.toMatch(/[<>"'\u202e]/);
        expect(inner).not.toContain('\u0000');
      }),
    );
  });

  it('is text in a list, too, and parts of a page stay what they are', () => {
    const parts = ['<a>', html`<b>${'&'}</b>`, undefined, 3];
    expect(html`<b>${parts}</b>`.text).toBe('<b>&lt;a&gt;<b>&amp;</b>3</b>');
  });
});

describe('the page of a roll-out', () => {
  it('brings no element and no attribute in by a name, a message or the command', () => {
    const page = pageOf(hostileRollOut, { command: `maestro-cli apply ${markup}`, error: markup, exitCode: 7 });
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).not.toMatch(/<(img|script|iframe|a|link|form|object|embed|base)[\s>]/i);
    // An attribute of an event would stand within a tag: the quotes that end one are escaped, so none is left.
    expect(page.replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/i);
  });

  it('asks for nothing: no reference, no script, and a policy that forbids them', () => {
    const page = pageOf(fleetRollOut(60, 10));
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|\b(?:src|href|srcset|action)\s*=/i);
  });

  it('says what is not finished, in plain words', () => {
    const text = readable(pageOf(fleetRollOut(60, 10), { exitCode: 7 }));
    expect(text).toContain('Not done : exit code 7');
    expect(text).toContain('It stopped early, because 2 works failed (the limit is 2).');
    expect(text).toMatch(/2 works failed: it did not come out as asked/);
    expect(text).toMatch(/1 work silent: Maestro has it; the agent has reported nothing about this version/);
    expect(text).toMatch(/10 works not begun: nothing was sent/);
    expect(text).toMatch(/2 works : version 1 could not be applied: denied by policy/);
    expect(text).toContain('47 of 60 works Applied on 60 clusters');
  });

  it('tells of a run that ended before it wrote', () => {
    const text = readable(pageOf([], { exitCode: 8, error: 'cannot reach Maestro' }));
    expect(text).toContain('A roll-out that did not begin');
    expect(text).toContain('cannot reach Maestro');
    expect(text).toContain('The run ended before its first write to a cluster');
    expect(text).not.toContain('Applied');
  });

  it('says that nothing is known of a time when nothing was waited for', () => {
    const told: readonly RollOutFact[] = [
      { kind: 'begun', plan: planOfFleet(2, 2, undefined), wallMs: 1 },
      { kind: 'stored', cluster: 'cluster-0000', work: 'w', how: 'created', wallMs: 2 },
    ];
    const text = readable(pageOf(told));
    expect(text).toContain('Nothing was waited for, so it is not known.');
    expect(text).toContain('1 of 2 works stored on 2 clusters');
    expect(text).not.toMatch(/\bApplied\b/);
  });

  it('holds 3,000 clusters in about a megabyte, and stays below four with ten times as many and long messages', () => {
    const usual = pageOf(fleetRollOut(3_000, 300));
    expect(usual.length).toBeLessThan(1_300_000);
    expect(usual.match(/<i class="sign s-\w+" title=/g)).toHaveLength(3_000);
    const message = 'x'.repeat(20_000);
    const long = fleetRollOut(30_000, 100).map((fact) =>
      fact.kind === 'ended' && fact.end.exitCode === 7 && fact.end.reason !== 'NotBegun'
        ? { ...fact, end: { ...fact.end, message: `${fact.cluster} ${message}` } satisfies WorkEnd }
        : fact,
    );
    const page = pageOf(long);
    expect(page.length).toBeLessThan(4_000_000);
    expect(readable(page)).toContain('The first 5000 clusters have cells here; all 30000 are in the counts.');
  });
});
