import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../src/core/outcome/standing.ts';
import { foldStatus } from '../../../src/core/status/fold.ts';
import { shownState, shownStates, type ShownWork } from '../../../src/core/status/shown-state.ts';
import { silentAfterMs } from '../../../src/core/status/silence.ts';
import { available, deployment, entry, namespace, status } from './build.ts';

const writtenAt = '2026-11-22T10:59:15Z';
const writtenMs = Date.parse(writtenAt);
const manifests = [namespace, deployment];
const times = { createdAt: '2026-11-01T00:00:00Z', updatedAt: writtenAt };

const work = (parts: Partial<ShownWork> = {}): ShownWork => ({ ...times, version: 2, manifests, ...parts });
const reported = (parts: Partial<ShownWork> = {}): ShownWork => ({ ...available(2, manifests), ...times, ...parts });
const at = (observed: number, applied: string, ofManifest = applied): ShownWork =>
  work({
    status: status(
      observed,
      [applied],
      manifests.map((manifest) => entry(manifest, [ofManifest])),
    ),
  });

describe('the word for where a work is', () => {
  it.each<[string, ShownWork, number, string]>([
    ['all is applied and available', reported(), 0, 'available'],
    ['the same a year later', reported(), 31_536_000_000, 'available'],
    ['all is applied, nothing is available', at(2, 'Applied/True/2'), 0, 'applied'],
    ['it could not be applied', at(2, 'Applied/False/2'), 0, 'failing'],
    ['it could not be applied, a day ago', at(2, 'Applied/False/2'), 86_400_000, 'failing'],
    ['nobody has reported it, just now', work(), silentAfterMs - 1, 'progressing'],
    ['nobody has reported it for some time', work(), silentAfterMs, 'silent'],
    ['only the version before was reported, just now', at(1, 'Applied/True/1'), silentAfterMs - 1, 'progressing'],
    ['only the version before was reported for some time', at(1, 'Applied/True/1'), silentAfterMs, 'silent'],
    ['the version is reported, and not decided', at(2, 'Applied/Unknown/2'), 86_400_000, 'progressing'],
    ['the clock is behind that of Maestro', work(), -5_000, 'progressing'],
    ['Maestro does not say when it was written', work({ createdAt: '', updatedAt: '' }), 86_400_000, 'progressing'],
    ['it was never updated, and made long ago', work({ updatedAt: '' }), 0, 'silent'],
    ['a delete was accepted', reported({ deletedAt: writtenAt }), 0, 'deleting'],
    ['a delete was accepted, and no agent has begun', reported({ deletedAt: writtenAt }), 86_400_000, 'deleting'],
    ['the agent saw it gone', work({ status: status(2, ['Deleted/True/2'], []) }), 0, 'deleted'],
  ])('%s: %s', (_title, subject, afterMs, expected) => {
    expect(shownState(subject, writtenMs + afterMs)).toBe(expected);
  });

  const observed = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined });
  const anyWork = fc
    .record({
      observed,
      applied: fc.constantFrom('True', 'False', 'Unknown'),
      deleted: fc.boolean(),
    })
    .map(({ observed: version, applied, deleted }) =>
      work({
        ...(version === undefined
          ? {}
          : {
              status: status(
                version,
                [`Applied/${applied}/${version}`],
                manifests.map((manifest) => entry(manifest, [`Applied/${applied}/${version}`])),
              ),
            }),
        ...(deleted ? { deletedAt: writtenAt } : {}),
      }),
    );

  it('is silent exactly where a wait of the same length would be, but for a work that is being deleted', () => {
    fc.assert(
      fc.property(anyWork, fc.integer({ min: 0, max: 30_000 }), (subject, afterMs) => {
        const standing = standingOf(foldStatus(subject, subject.version), afterMs);
        const word = shownState(subject, writtenMs + afterMs);
        expect(shownStates).toContain(word);
        expect(word === 'silent').toBe(standing === 'silent' && subject.deletedAt === undefined);
        expect(word === 'failing').toBe(standing === 'failing');
      }),
    );
  });
});
