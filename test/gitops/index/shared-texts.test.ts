import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SharedStates } from '../../../src/gitops/index/shared-states.ts';
import { sharingReport, sharingWritten, SharedTexts } from '../../../src/gitops/index/shared-texts.ts';
import { writtenStatusOf } from '../../../src/gitops/status/decide.ts';
import { fingerprintOf } from '../../../src/gitops/status/fingerprint.ts';

test('a text says the same whichever copy it is, also after more have come than are kept to be shared', () => {
  const texts = new SharedTexts();
  for (let count = 0; count < 45_000; count += 1)
    expect(texts.of(`name-${count % 25_000}`)).toBe(`name-${count % 25_000}`);
});

test('what a report and the hub say is the same with what they share', () => {
  const status = fc.record({
    reconciledAt: fc.constantFrom('', '2026-01-01T00:00:00Z'),
    summary: fc.constantFrom({}, { images: ['a'] }),
    health: fc.constantFrom({}, { status: 'Healthy' }),
  });
  fc.assert(
    fc.property(status, status, (one, other) => {
      const texts = new SharedTexts();
      const shared = { times: texts, states: new SharedStates() };
      const [report, written] = [fingerprintOf(one), writtenStatusOf(other)];
      expect(sharingReport(report, written, texts)).toEqual(report);
      for (const before of [undefined, writtenStatusOf(one)])
        expect(sharingWritten(written, { kept: report, before }, shared)).toEqual(written);
    }),
  );
});
