import { describe, expect, it } from 'vitest';
import { screenText } from '../../src/commands/describe/output.ts';
import { describeWork } from '../../src/commands/shared/one-work/description.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { foldStatus } from '../../src/core/status/fold.ts';
import type { ResourceState } from '../../src/core/status/resource-state.ts';
import type { ResourceStatus } from '../../src/core/status/work-status.ts';
import { manifestKey, manifestLabel } from '../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { resourceOutcomes } from '../../src/operations/resources.ts';
import { noColour } from '../../src/output/colour.ts';
import { deployment, entry, jobNamed, status } from '../core/status/build.ts';
import { bundle } from './support/fakes.ts';

const version = 2;
const good = ['Applied/True/2', 'Available/True'];
const widget = (api: string): JsonObject => ({
  apiVersion: `example.io/${api}`,
  kind: 'Widget',
  metadata: { name: 'w', namespace: 'np' },
});
const withoutVersion = (one: ResourceStatus): ResourceStatus => ({
  ...one,
  resourceMeta: { ...one.resourceMeta, version: '' },
});

interface Case {
  readonly title: string;
  readonly manifests: readonly JsonObject[];
  readonly entries: readonly ResourceStatus[];
  readonly states: readonly ResourceState[];
}

const single = (title: string, texts: readonly string[], state: ResourceState): Case => ({
  title,
  manifests: [deployment],
  entries: [entry(deployment, texts)],
  states: [state],
});

const cases: readonly Case[] = [
  { title: 'nothing is reported of', manifests: [deployment], entries: [], states: ['Pending'] },
  single('is there', good, 'Available'),
  single('could not be applied', ['Applied/False/2'], 'Failed'),
  single('is not said to be applied', ['Available/True'], 'Pending'),
  single('is neither said to be applied nor not', ['Applied/Unknown/2', 'Available/True'], 'Pending'),
  single('was applied at an earlier version', ['Applied/True/1', 'Available/True'], 'Pending'),
  single('could not be applied at an earlier version', ['Applied/False/1'], 'Pending'),
  single('is said to be applied of no version', ['Applied/True', 'Available/True'], 'Pending'),
  single('is not there', ['Applied/True/2', 'Available/False'], 'Applied'),
  single('was there at an earlier version', ['Applied/True/2', 'Available/True/1'], 'Applied'),
  single('has a condition twice', ['Applied/True/2', 'Available/True', 'Applied/False/2'], 'Failed'),
  single('has Available twice', ['Applied/True/2', 'Available/True', 'Available/False'], 'Applied'),
  {
    title: 'stands in two API versions, of which one fails',
    manifests: [widget('v1beta1'), widget('v1')],
    entries: [entry(widget('v1beta1'), ['Applied/False/2']), entry(widget('v1'), good)],
    states: ['Failed', 'Available'],
  },
  {
    title: 'stands in two API versions, of which one is not reported',
    manifests: [widget('v1beta1'), widget('v1')],
    entries: [entry(widget('v1'), good)],
    states: ['Pending', 'Available'],
  },
  {
    title: 'stands in two API versions, and the report tells none',
    manifests: [widget('v1beta1'), widget('v1')],
    entries: [withoutVersion(entry(widget('v1'), ['Applied/False/2'])), entry(widget('v1'), good)],
    states: ['Failed', 'Failed'],
  },
  {
    title: 'is reported twice, once as failed and once of an earlier version',
    manifests: [deployment],
    entries: [entry(deployment, ['Applied/True/1']), entry(deployment, ['Applied/False/2'])],
    states: ['Failed'],
  },
  {
    title: 'is reported twice, once without Applied',
    manifests: [deployment],
    entries: [entry(deployment, good), entry(deployment, ['Available/True'])],
    states: ['Pending'],
  },
  {
    title: 'has another name than what is reported',
    manifests: [jobNamed('a')],
    entries: [entry(jobNamed('b'), good)],
    states: ['Pending'],
  },
];

function stored({ manifests, entries }: Case, applied: 'True' | 'False'): ResourceBundle {
  const work = [`Applied/${applied}/2`, 'Available/True/2'];
  return bundle({ version, manifests, status: status(version, work, entries) });
}

const described = (work: ResourceBundle): ReturnType<typeof describeWork> =>
  describeWork(work, { source: 'maestro-cli', executor: { kind: 'none' }, wallMs: 0 });

/** What the fold tells of each manifest; two API versions of one object have one label. */
function folded(work: ResourceBundle): { readonly kind: string; readonly blocked: readonly string[] } {
  const { kind, blockers } = foldStatus(work, version);
  return { kind, blocked: blockers.map(({ subject }) => subject) };
}

describe.each([
  ['as it is reported', (entries: readonly ResourceStatus[]) => entries],
  ['in the other order', (entries: readonly ResourceStatus[]) => entries.toReversed()],
])('what is proved of an object, %s', (_order, ordered) => {
  it.each(cases.map((given) => ({ ...given, entries: ordered(given.entries) })))(
    'that $title is told alike by results, describe and the fold',
    (given) => {
      const { manifests, states } = given;
      const labels = (...some: readonly ResourceState[]): readonly string[] =>
        manifests
          .filter((_, at) => some.includes(states[at] ?? 'Pending'))
          .map((manifest) => manifestLabel(manifestKey(manifest)));
      const work = stored(given, 'True');
      expect(resourceOutcomes(work, version).map((outcome) => outcome.status)).toEqual(states);
      expect(described(work).resources.map(({ state }) => state)).toEqual(states);
      const notApplied = labels('Failed', 'Pending');
      const notAvailable = labels('Applied');
      expect(folded(work)).toEqual(
        notApplied.length > 0
          ? { kind: 'progressing', blocked: notApplied }
          : { kind: notAvailable.length > 0 ? 'applied' : 'available', blocked: notAvailable },
      );
      const failed = labels('Failed');
      expect(folded(stored(given, 'False'))).toEqual({
        kind: 'failed',
        blocked: failed.length > 0 ? failed : ['work'],
      });
    },
  );
});

describe('the message of an object in a result', () => {
  const messageOf = (...texts: readonly string[]): unknown =>
    resourceOutcomes(stored(single('', texts, 'Pending'), 'True'), version)[0]?.message;

  it('is that of the condition that keeps it back', () => {
    expect(messageOf('Applied/False/2')).toBe('Applied is False');
    expect(messageOf('Applied/True/2', 'Available/False')).toBe('Available is False');
    expect(messageOf(...good)).toBeUndefined();
  });

  it('is none that is about an earlier version', () => {
    expect(messageOf('Applied/False/1')).toBeUndefined();
    expect(messageOf('Applied/True/2', 'Available/False/1')).toBeUndefined();
  });
});

it('an object that is applied at an earlier version alone is among the first on a screen', () => {
  const manifests = Array.from({ length: 20 }, (_, at) => jobNamed(`job-${at}`));
  const entries = manifests.map((manifest, at) =>
    entry(manifest, at === 19 ? ['Applied/True/1', 'Available/True'] : good),
  );
  const text = screenText(
    {
      description: described(bundle({ version, manifests, status: status(version, ['Applied/True/2'], entries) })),
      shown: 'progressing',
      why: [],
    },
    { columns: 120, palette: noColour, wallMs: 0 },
  );
  expect(text).toMatch(/RESOURCE .*\n {2}Job\.batch\/np\/job-19 +True \(of 1\)/);
});
