import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WaitCounts, WaitLook } from '../../src/core/outcome/standing.ts';
import { openFleetProgress, waitCountsText, type FleetProgress } from '../../src/output/fleet-progress.ts';

interface Shown {
  readonly done: number;
  readonly total: number;
  readonly text: string;
}

function following(total: number): { readonly line: FleetProgress; readonly shown: Shown[] } {
  const shown: Shown[] = [];
  const line = openFleetProgress(
    { show: ({ done, total: of, text }) => void shown.push({ done, total: of, text }) },
    total,
    {
      end: 'Applied',
      step: 'written',
    },
  );
  return { line, shown };
}

const look = (given: Partial<WaitCounts>): WaitLook => ({ counts: counts(given), reasons: () => [] });
const counts = (given: Partial<WaitCounts>): WaitCounts => ({
  total: 0,
  met: 0,
  failed: 0,
  pending: 0,
  failing: 0,
  silent: 0,
  ...given,
});

describe('the progress of a fleet', () => {
  it('counts what was asked for, never what was only written', () => {
    const { line, shown } = following(60);
    line.written(12);
    line.ended('failed');
    line.written(60);
    line.waiting(look({ total: 59, met: 41, pending: 16, failing: 1, silent: 1 }));
    expect(shown).toEqual([
      { done: 0, total: 60, text: 'Applied 0/60 · 12 written' },
      { done: 0, total: 60, text: 'Applied 0/60 · 59 written · 1 failed' },
      { done: 41, total: 60, text: 'Applied 41/60 · 16 pending · 1 failing · 1 failed · 1 silent' },
    ]);
  });

  it('goes on from wave to wave', () => {
    const { line, shown } = following(4);
    line.written(2);
    line.waiting(look({ total: 2, met: 1, pending: 1 }));
    line.ended('met');
    line.ended('met');
    line.written(3);
    line.waiting(look({ total: 1, silent: 1 }));
    line.ended('silent');
    expect(shown.map(({ text }) => text)).toEqual([
      'Applied 0/4 · 2 written',
      'Applied 1/4 · 1 pending · 2 to come',
      'Applied 2/4 · 1 written',
      'Applied 2/4 · 1 silent · 1 to come',
    ]);
  });

  it('is never full before every work is as it was asked to be, whatever happens', () => {
    const step = fc.record({ written: fc.nat({ max: 3 }), met: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        const { line, shown } = following(steps.length);
        let met = 0;
        steps.forEach(({ written, met: isMet }, index) => {
          line.written(Math.min(steps.length, index + written));
          line.waiting(look({ total: 1, ...(isMet ? { met: 1 } : { silent: 1 }) }));
          if (isMet) met += 1;
          expect(shown.at(-1)?.done).toBe(met);
          line.ended(isMet ? 'met' : 'failed');
        });
        expect(shown.some(({ done, total }) => done === total)).toBe(met === steps.length);
      }),
    );
  });

  it('is one line for a single wait', () => {
    expect(waitCountsText('Available', counts({ total: 3, met: 1, pending: 1, silent: 1 }))).toBe(
      'Available 1/3 · 1 pending · 1 silent',
    );
    expect(waitCountsText('Met', counts({ total: 1, met: 1 }))).toBe('Met 1/1');
  });
});
