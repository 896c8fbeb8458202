import { MaestroError } from '../../../../src/errors.ts';
import { ExitCode } from '../../../../src/exit-code.ts';
import type { OutputStream } from '../../../../src/context.ts';
import type { BackupRecord } from '../../../../src/gitops/handover/backup.ts';
import type { ClusterStatus } from '../../../../src/gitops/handover/handover-status.ts';
import type { HandoverPlan, LeftOut, PlannedApplication } from '../../../../src/gitops/handover/plan.ts';
import type { ApplicationResult, ClusterResult, HandoverEvent } from '../../../../src/gitops/handover/run-handover.ts';
import type { Reporter } from '../../../../src/output/reporter.ts';

/** Text that was written, as a stream of a terminal or of a pipe. */
export function collector(isTTY = false): OutputStream & { readonly text: () => string } {
  let text = '';
  return { write: (more) => void (text += more), text: () => text, isTTY, columns: isTTY ? 100 : undefined };
}

/** What a reporter was told, a line each. */
export function tellings(): Reporter & { readonly lines: string[] } {
  const lines: string[] = [];
  const telling =
    (level: string) =>
    (text: string): void =>
      void lines.push(`${level}: ${text}`);
  return {
    lines,
    progress: telling('progress'),
    info: telling('info'),
    warn: telling('warn'),
    warnAlways: telling('warn'),
    error: telling('error'),
    debug: telling('debug'),
    end: () => undefined,
  };
}

export const planned: PlannedApplication = {
  key: 'openshift-gitops/shop-c1',
  uid: '00000000-0000-4000-8000-000000000001',
  spokeNamespace: 'openshift-gitops',
  spokeName: 'shop-c1',
  bundleId: '00000000-0000-5000-8000-000000000001',
  bundleName: 'openshift-gitops-shop-c1',
  classic: { name: 'shop-c1-1a2b3', uid: '00000000-0000-4000-8000-000000000002', generation: 1 },
  differences: { spec: ['spec.destination.namespace'], other: [], accepted: false },
};

export const plan: HandoverPlan = {
  direction: 'to-maestro',
  runId: '20261129t100000z-1a2b',
  createdAt: '2026-11-29T10:00:00Z',
  source: 'app-work-client',
  hubId: 'hub-1',
  hubServer: 'https://hub:6443',
  settings: {
    deliverNamespace: false,
    deliverProject: false,
    leaveProjects: false,
    classicNamespace: 'open-cluster-management',
    ownNamespace: 'open-cluster-management',
  },
  clusters: [
    { name: 'c1', applications: [planned, { ...planned, key: 'openshift-gitops/blog-c1', bundleName: 'blog' }] },
    { name: 'c2', applications: [{ ...planned, key: 'openshift-gitops/shop-c2' }] },
  ],
};

export const leftOut: LeftOut = {
  cluster: 'c1',
  subject: 'application openshift-gitops/old-c1',
  reason: 'BeingDeleted',
  text: 'it is being deleted on the hub',
};

export const parked: LeftOut = {
  cluster: 'c1',
  subject: 'application openshift-gitops/shop-c1',
  reason: 'SpecDiffers',
  text: 'Maestro would change spec.destination.namespace of it',
};

export const record: BackupRecord = {
  runId: plan.runId,
  cluster: 'c1',
  application: planned.key,
  kind: 'ManifestWork',
  name: 'shop-c1-1a2b3',
  spokeUid: '00000000-0000-4000-8000-000000000003',
  object: { metadata: { name: 'shop-c1-1a2b3' } },
};

export function resultOf(application: string, more: Partial<ApplicationResult> = {}): ApplicationResult {
  const uid = '00000000-0000-4000-8000-000000000003';
  return {
    cluster: application.endsWith('c2') ? 'c2' : 'c1',
    application,
    bundleId: planned.bundleId,
    classicWork: 'shop-c1-1a2b3',
    outcome: 'done',
    reason: 'BothOwn',
    text: 'both models own it',
    uidBefore: uid,
    uidAfter: uid,
    exitCode: ExitCode.Done,
    ...more,
  };
}

/** One cluster with one that is parked, and one that was not through in time. */
export const results: readonly ClusterResult[] = [
  {
    cluster: 'c2',
    applications: [
      resultOf('openshift-gitops/shop-c2', {
        outcome: 'pending',
        reason: 'Timeout',
        text: 'its agent has not reported in time',
        exitCode: ExitCode.TimedOut,
      }),
    ],
    done: false,
    wrote: true,
    error: new MaestroError('timeout', 'its agent has not reported in time', { hint: 'Do the same again.' }),
  },
  {
    cluster: 'c1',
    applications: [
      resultOf('openshift-gitops/shop-c1'),
      resultOf('openshift-gitops/blog-c1', {
        outcome: 'parked',
        reason: 'OperationRunning',
        text: 'it runs an operation',
        exitCode: ExitCode.Conflict,
      }),
    ],
    done: false,
    wrote: true,
  },
];

/** One that failed, and one that was not begun for that. */
export const stopped: readonly ClusterResult[] = [
  {
    cluster: 'c1',
    applications: ['openshift-gitops/shop-c1', 'openshift-gitops/blog-c1'].map((application) =>
      resultOf(application, {
        outcome: 'failed',
        reason: 'ApplyFailed',
        text: 'its agent cannot apply it',
        exitCode: ExitCode.OutcomeFailed,
      }),
    ),
    done: false,
    wrote: true,
  },
  {
    cluster: 'c2',
    applications: [
      resultOf('openshift-gitops/shop-c2', {
        outcome: 'not-begun',
        reason: 'NotBegun',
        text: 'not begun, because 1 cluster failed (the limit is 1)',
        exitCode: ExitCode.OutcomeFailed,
      }),
    ],
    done: false,
    wrote: false,
  },
];

/** One that is through, and yet stays switched off. */
export const heldBack: ClusterResult = {
  cluster: 'c1',
  applications: [resultOf('openshift-gitops/shop-c1', { reason: 'HandedOver' })],
  done: true,
  wrote: true,
  heldBack: 'it stays switched off for the controllers',
};

export const events: readonly HandoverEvent[] = [
  { kind: 'stageBegun', stage: { name: 'canary', number: 0, members: plan.clusters.slice(0, 1) } },
  { kind: 'step', cluster: 'c1', step: 'make-probe' },
  { kind: 'step', cluster: 'c1', application: 'openshift-gitops/shop-c1', step: 'publish-bundle' },
  { kind: 'waiting', cluster: 'c1', text: '1 bundle is to be applied' },
  ...results.flatMap((result, index): readonly HandoverEvent[] => [
    ...result.applications.map((one) => ({ kind: 'application', result: one }) as const),
    { kind: 'cluster', result, left: results.length - index - 1 },
  ]),
];

/** As a run ends that too much failed in. */
export const stoppedEvents: readonly HandoverEvent[] = stopped.map((result, index) => ({
  kind: 'cluster',
  result,
  left: stopped.length - index - 1,
}));

export const statuses: readonly ClusterStatus[] = [
  {
    cluster: 'c1',
    pullModel: 'classic',
    applications: [
      {
        cluster: 'c1',
        application: 'openshift-gitops/shop-c1',
        position: 'both-own',
        text: 'classic work and bundle are applied',
        classicWork: 'shop-c1-1a2b3',
        bundleId: planned.bundleId,
        uid: '00000000-0000-4000-8000-000000000003',
        owners: ['a-shop-c1-1a2b3', `b-${planned.bundleId}`],
      },
      {
        cluster: 'c1',
        application: 'openshift-gitops/blog-c1',
        position: 'parked',
        reason: 'OperationRunning',
        text: 'it runs an operation',
        bundleId: planned.bundleId,
      },
    ],
  },
  {
    cluster: 'c2',
    applications: [
      {
        cluster: 'c2',
        application: 'openshift-gitops/shop-c2',
        position: 'finished',
        text: 'its bundle owns it',
        bundleId: planned.bundleId,
      },
    ],
  },
];
