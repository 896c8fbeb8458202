import { describe, expect, it } from 'vitest';
import type { WorkReader, WorkWriter } from '../../../src/clients/transport.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { leavingForm } from '../../../src/gitops/fleet-state/forms.ts';
import type { OwnBundle } from '../../../src/gitops/fleet-state/own-bundles.ts';
import { uninstalling } from '../../../src/gitops/fleet-state/uninstall.ts';
import type { Decide, Next } from '../../../src/gitops/fleet-state/rounds.ts';
import type { ProbeReading } from '../../../src/gitops/handover/probe-bundle.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { bundleOf, hubObject, settings } from '../bundle/application.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const { work, id } = bundleOf(parseHubApplication(hubObject()), settings, {});

function rowOf({ name, labels, annotations, manifests, manifestConfigs, deleteOption }: ManifestWork): ResourceBundle {
  return {
    id,
    consumerName: 'c1',
    version: 2,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    metadata: { name, labels, annotations },
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
    status: {
      observedVersion: 2,
      sequenceId: '1',
      conditions: [{ type: 'Applied', status: 'True', reason: '', message: '', observedGeneration: 2 }],
      resourceStatus: [
        {
          resourceMeta: {
            ordinal: 0,
            group: 'argoproj.io',
            version: 'v1alpha1',
            kind: 'Application',
            resource: 'applications',
            name: 'xj-managed-1-bgdk-app',
            namespace: 'openshift-gitops',
          },
          conditions: [{ type: 'Applied', status: 'True', reason: '', message: '', observedGeneration: 2 }],
          feedback: [],
        },
      ],
    },
    raw: {},
  };
}

const leaving = rowOf(leavingForm(rowOf(work), 'uninstall-r'));
const bundle: OwnBundle = {
  id,
  name: work.name,
  consumer: 'c1',
  application: 'openshift-gitops/shop',
  spokeNamespace: 'openshift-gitops',
  spokeName: 'shop',
  version: 2,
  deleting: false,
  cascades: false,
  migration: 'uninstall-r',
};
const nobodys: ProbeReading = {
  signature: '',
  answered: true,
  untold: '',
  found: true,
  uid: 'u1',
  owners: [],
  deleting: false,
  phase: '',
};

function bench(reading: ProbeReading): {
  readonly decide: Decide;
  readonly acted: (next: Next) => Promise<string>;
  readonly clock: ManualClock;
  readonly sent: string[];
} {
  const clock = new ManualClock();
  const sent: string[] = [];
  const budget = createBudget(600_000, { clock, random: () => 0.5, signal: new AbortController().signal });
  const writer = {
    publish: async ({ kind }: { readonly kind: string }) => Promise.resolve(void sent.push(kind)),
  } as unknown as WorkWriter;
  const decide = uninstalling(
    { goal: 'keep-workloads', source: 's', hubId: settings.hubId, runId: 'r' },
    {
      probes: { answer: () => reading },
      backup: {
        keep: async () => Promise.resolve(void sent.push('keep')),
        find: async () => Promise.resolve(undefined),
      },
      budget,
    },
  );
  const publishing = { writer, reader: {} as WorkReader, onNotice: () => undefined };
  const acted = async (next: Next): Promise<string> => {
    if (next.kind !== 'act') throw new Error(`it would ${JSON.stringify(next)}`);
    return next.act(publishing);
  };
  return { decide, acted, clock, sent };
}

describe('uninstalling --keep-workloads', () => {
  it('refuses to delete a bundle whose agent cannot report who owns the Application', () => {
    const { decide } = bench({
      ...nobodys,
      answered: false,
      found: false,
      untold: 'the agent cannot report who owns it',
    });
    const next = decide(leaving, bundle);
    expect(next).toMatchObject({ kind: 'refused', error: { code: 'outcome-failed' } });
  });

  it('keeps the bundle before it is deleted, and looks anew when the turn of the deletion comes late', async () => {
    const { decide, acted, clock, sent } = bench(nobodys);
    const late = decide(leaving, bundle);
    await clock.advance(5_000);
    expect(await acted(late)).toBe('late');
    expect(sent).toEqual([]);
    expect(await acted(decide(leaving, bundle))).toBe('done');
    expect(sent).toEqual(['keep', 'delete']);
    expect(decide(undefined, bundle)).toMatchObject({ kind: 'done', text: 'let go, and left on the cluster' });
  });

  it('never says that an Application is left on a cluster that does not have it', async () => {
    const { decide, acted } = bench({ ...nobodys, found: false, uid: '' });
    await acted(decide(leaving, bundle));
    expect(decide(undefined, bundle)).toMatchObject({
      kind: 'done',
      text: 'let go and gone from Maestro; its Application was not on the cluster',
    });
  });

  it('says since when a deletion is not confirmed, and what to do, and does not call it done', () => {
    const { decide, clock } = bench(nobodys);
    const deletedAt = new Date(clock.wallMs() - 120_000).toISOString();
    const next = decide({ ...leaving, deletedAt }, bundle);
    expect(next.kind === 'wait' ? next.text : next.kind).toContain('restart the Maestro agent');
  });
});
