import { describe, expect, it } from 'vitest';
import { findOfApplications } from '../../../src/gitops/check/application-findings.ts';
import { findOfClusters } from '../../../src/gitops/check/cluster-findings.ts';
import type { FleetFacts } from '../../../src/gitops/check/facts.ts';
import type { CheckFinding } from '../../../src/gitops/check/finding.ts';
import type { HubFacts } from '../../../src/gitops/check/hub-facts.ts';
import { findOfHub } from '../../../src/gitops/check/hub-findings.ts';
import { CheckReport, type CheckResult } from '../../../src/gitops/check/report.ts';
import { findOfUnlooked } from '../../../src/gitops/check/unlooked.ts';
import {
  app,
  bundle,
  classicWork,
  cluster,
  controller,
  deployment,
  healthyFleet,
  healthyHub,
  seen,
  stoppedModels,
  unseen,
  wallMs,
} from './healthy.ts';

function reportOf(make: (report: CheckReport) => void): {
  readonly holds: boolean;
  readonly results: readonly CheckResult[];
} {
  const report = new CheckReport();
  make(report);
  return { holds: report.holds, results: report.results() };
}

const ofHub = (changes: Partial<HubFacts> = {}): ReturnType<typeof reportOf> =>
  reportOf((report) => findOfHub(healthyHub(changes), report));
const ofFleet = (changes: Partial<FleetFacts> = {}): ReturnType<typeof reportOf> =>
  reportOf((report) => {
    const facts = healthyFleet(changes);
    findOfUnlooked(facts, report);
    findOfClusters(facts, report);
    findOfApplications(facts, report);
  });
const told = (results: readonly CheckResult[]): readonly string[] =>
  results
    .flatMap(({ findings }) => findings)
    .map(({ check, standing, subject }) => `${check} ${standing} ${subject}`.trim());
const messages = (results: readonly CheckResult[]): string =>
  results
    .flatMap(({ findings }) => findings.map(({ message, mend = '' }: CheckFinding) => `${message}\n${mend}`))
    .join('\n');

const evidence = (changes: object): FleetFacts['evidence'] =>
  new Map([['c1', { bundles: 1, reportedMs: wallMs - 60_000, applied: 1, withStatus: 1, forbidden: '', ...changes }]]);
const apps = (...all: ReturnType<typeof app>[]): FleetFacts['applications'] =>
  seen(new Map(all.map((one) => [one.key, one])));
const clusters = (changes: Partial<ReturnType<typeof cluster>>): FleetFacts['clusters'] =>
  seen(new Map([['c1', cluster('c1', changes)]]));
const addOns = (changes: object): FleetFacts['addOns'] => seen(new Map([['c1', changes]]));
const up = { available: true, message: '' };

describe('a hub on which all is well', () => {
  it('has nothing to tell, and all holds', () => {
    expect(ofHub()).toMatchObject({ holds: true });
    expect(told(ofHub().results)).toEqual([]);
    expect(ofFleet()).toMatchObject({ holds: true });
    expect(told(ofFleet().results)).toEqual([]);
  });

  it('counts what holds', () => {
    expect(ofFleet().results.find(({ name }) => name === 'consumer')).toMatchObject({
      passed: 1,
      failed: 0,
      unknown: 0,
    });
  });
});

describe('what is found of the hub', () => {
  it.each<{ what: string; hub: Partial<HubFacts>; finds: readonly string[]; says: RegExp }>([
    {
      what: 'a kind that everything rests on is not served',
      hub: {
        kinds: new Map([...healthyHub().kinds, ['placementdecisions.cluster.open-cluster-management.io', seen(false)]]),
      },
      finds: ['kinds fail placementdecisions.cluster.open-cluster-management.io'],
      says: /does not serve it/,
    },
    {
      what: 'a kind that it can do without',
      hub: { kinds: new Map([...healthyHub().kinds, ['applicationsets.argoproj.io', seen(false)]]) },
      finds: ['kinds note applicationsets.argoproj.io'],
      says: /does without/,
    },
    {
      what: 'Maestro does not take what the source publishes',
      hub: {
        maestro: [{ check: 'maestro-publish', works: false, message: 'PermissionDenied', mend: 'maestro-cli doctor' }],
      },
      finds: ['maestro-publish fail'],
      says: /PermissionDenied\nmaestro-cli doctor/,
    },
    {
      what: 'the database of Maestro is not ready',
      hub: { maestroWorkloads: seen([{ namespace: 'maestro', name: 'maestro-db', desired: 1, ready: 0 }]) },
      finds: ['maestro-workloads fail maestro/maestro-db'],
      says: /0 of 1 pods are ready\nkubectl -n maestro describe deployment maestro-db/,
    },
    {
      what: 'Maestro runs elsewhere',
      hub: { maestroWorkloads: seen([]) },
      finds: ['maestro-workloads note'],
      says: /--maestro-namespace/,
    },
    {
      what: 'the classic model runs beside ours',
      hub: { models: { ...stoppedModels, classic: seen(deployment('multicluster-integrations', 1)) } },
      finds: ['classic-model fail', 'controller-guard fail'],
      says: /scale deployment multicluster-integrations --replicas=0[^]*ClassicRunning/,
    },
    {
      what: 'the classic model would be started again',
      hub: {
        models: {
          ...stoppedModels,
          hubs: seen([{ namespace: 'ocm', name: 'mch', paused: false, pausedBy: undefined }]),
        },
      },
      finds: ['classic-model fail'],
      says: /kubectl -n ocm annotate multiclusterhub mch installer.open-cluster-management.io\/pause=true --overwrite/,
    },
    {
      what: 'we are switched off',
      hub: { models: { ...stoppedModels, switches: seen({ classicDisabled: false, maestroDisabled: true }) } },
      finds: ['switches fail', 'controller-guard fail'],
      says: /pullModel.maestro.disabled is true/,
    },
    {
      what: 'the ConfigMap cannot be read',
      hub: { models: { ...stoppedModels, switches: seen('unreadable' as const) } },
      finds: ['switches fail', 'controller-guard fail'],
      says: /is not YAML/,
    },
    {
      what: 'there is no controller',
      hub: { controller: seen(undefined), rights: undefined },
      finds: ['controller fail'],
      says: /helm install multicluster-maestro-integrations/,
    },
    {
      what: 'the controller is scaled to 0',
      hub: { controller: seen({ ...controller, ready: 0, desired: 0 }) },
      finds: ['controller fail'],
      says: /--replicas=1/,
    },
    {
      what: 'nobody leads',
      hub: { lease: seen(undefined) },
      finds: ['controller-lease fail'],
      says: /nobody holds the Lease/,
    },
    {
      what: 'the leader is gone',
      hub: { lease: seen({ holder: 'pod-1', renewedMs: wallMs - 120_000, durationMs: 15_000 }) },
      finds: ['controller-lease fail'],
      says: /pod-1 holds the Lease .* renewed it 2m ago/,
    },
    {
      what: 'a right is missing',
      hub: {
        rights: seen({
          whose: 'service account ocm/integrations',
          ofCaller: false,
          missing: [{ verb: 'patch', group: 'argoproj.io', resource: 'applications' }],
          asked: 15,
        }),
      },
      finds: ['controller-rights fail patch applications.argoproj.io'],
      says: /service account ocm\/integrations may not patch applications.argoproj.io/,
    },
    {
      what: 'only the rights of the caller could be asked about',
      hub: { rights: seen({ whose: 'the caller of this check', ofCaller: true, missing: [], asked: 15 }) },
      finds: ['controller-rights unknown'],
      says: /the hub did not let us ask/,
    },
  ])('$what', ({ hub, finds, says }) => {
    const { holds, results } = ofHub(hub);
    expect(told(results)).toEqual(finds);
    expect(messages(results)).toMatch(says);
    expect(holds).toBe(finds.every((line) => line.includes(' note')));
  });

  it('never takes for well what could not be looked at', () => {
    const hidden = { classic: unseen, maestro: unseen, switches: unseen, hubs: unseen };
    const { holds, results } = ofHub({
      models: hidden,
      maestroWorkloads: unseen,
      controller: unseen,
      lease: unseen,
      rights: unseen,
      kinds: new Map([...healthyHub().kinds].map(([kind]) => [kind, unseen])),
    });
    expect(holds).toBe(false);
    const passed = results.filter((result) => result.passed > 0).map(({ name }) => name);
    expect(passed).toEqual(['maestro-rest', 'maestro-publish', 'maestro-subscribe']);
    expect(results.find(({ name }) => name === 'controller-guard')).toMatchObject({ unknown: 1 });
  });
});

describe('what is found of clusters', () => {
  it.each<{ what: string; fleet: Partial<FleetFacts>; finds: readonly string[]; says: RegExp }>([
    {
      what: 'the hub has no ManagedCluster of the name',
      fleet: { clusters: seen(new Map()) },
      finds: ['cluster-known fail c1'],
      says: /no ManagedCluster/,
    },
    {
      what: 'it is the hub itself',
      fleet: { clusters: clusters({ local: true }) },
      finds: ['cluster-known fail c1'],
      says: /the hub itself/,
    },
    {
      what: 'it is not accepted',
      fleet: { clusters: clusters({ accepted: false }) },
      finds: ['joined fail c1'],
      says: /hubAcceptsClient/,
    },
    {
      what: 'it has not joined',
      fleet: { clusters: clusters({ joined: false }) },
      finds: ['joined fail c1'],
      says: /ManagedClusterJoined/,
    },
    {
      what: 'it is not available',
      fleet: { clusters: clusters({ available: false, availableSince: '2026-11-29T11:00:00Z' }) },
      finds: ['available fail c1'],
      says: /unavailable for 60m/,
    },
    {
      what: 'nobody knows whether it is available',
      fleet: { clusters: clusters({ available: undefined }) },
      finds: ['available unknown c1'],
      says: /has not judged/,
    },
    {
      what: 'it is switched to the classic model',
      fleet: { clusters: clusters({ pullModel: 'classic' }) },
      finds: ['switch fail c1'],
      says: /kubectl annotate managedcluster c1 maestro-cli.hyperfleet.io\/pull-model-/,
    },
    {
      what: 'it is switched to what is no model',
      fleet: { clusters: clusters({ pullModel: 'both' }) },
      finds: ['switch fail c1'],
      says: /"both"/,
    },
    {
      what: 'Maestro has no consumer',
      fleet: { consumers: seen(new Set<string>()) },
      finds: ['consumer fail c1'],
      says: /maestro-cli consumer create c1/,
    },
    {
      what: 'its agent has been silent',
      fleet: { evidence: evidence({ reportedMs: wallMs - 3_600_000 }) },
      finds: ['agent fail c1'],
      says: /last reported 60m ago/,
    },
    {
      what: 'its agent has never reported',
      fleet: { evidence: evidence({ reportedMs: undefined }) },
      finds: ['agent fail c1'],
      says: /never reported/,
    },
    {
      what: 'it has no works, so nobody knows of its agent',
      fleet: { evidence: new Map(), applications: apps(), bundles: seen([]) },
      finds: ['agent unknown c1', 'agent-rights unknown c1'],
      says: /--probe --cluster=c1/,
    },
    {
      what: 'its agent did not answer the probe',
      fleet: { probes: new Map([['c1', { answered: false, why: 'no report within 30s' } as const]]) },
      finds: ['agent fail c1'],
      says: /no report within 30s/,
    },
    {
      what: 'an add-on is not available',
      fleet: {
        addOns: addOns({ 'maestro-addon': { available: false, message: 'lease expired' }, 'gitops-addon': up }),
      },
      finds: ['addon-maestro fail c1'],
      says: /lease expired/,
    },
    {
      what: 'an add-on is missing and nothing stands in',
      fleet: { addOns: addOns({ 'maestro-addon': up }), evidence: evidence({ withStatus: 0, applied: 0 }) },
      finds: ['addon-gitops fail c1', 'argo-cd unknown c1', 'agent-rights unknown c1'],
      says: /open-cluster-management-agent-addon[^]*kubectl apply -f -/,
    },
    {
      what: 'an add-on is missing where its work is done all the same',
      fleet: { addOns: addOns({}) },
      finds: ['addon-maestro note c1', 'addon-gitops note c1'],
      says: /came another way/,
    },
    {
      what: 'no Argo CD gives a status',
      fleet: { evidence: evidence({ withStatus: 0 }) },
      finds: ['argo-cd fail c1'],
      says: /none of its 1 applied applications has a status/,
    },
    {
      what: 'its agent may not write Applications',
      fleet: { evidence: evidence({ forbidden: 'applications.argoproj.io is forbidden' }) },
      finds: ['agent-rights fail c1'],
      says: /klusterlet-work-sa/,
    },
  ])('$what', ({ fleet, finds, says }) => {
    const { results } = ofFleet(fleet);
    expect(told(results)).toEqual(finds);
    expect(messages(results)).toMatch(says);
  });
});

describe('what is found of applications', () => {
  it.each<{ what: string; fleet: Partial<FleetFacts>; finds: readonly string[]; says: RegExp }>([
    {
      what: 'its label does not read as true',
      fleet: { applications: apps(app('a'), app('b', { selected: false, unreadLabel: 'yes' })) },
      finds: ['opt-in fail argocd/b'],
      says: /"yes", which does not read as true/,
    },
    {
      what: 'it names no cluster',
      fleet: { applications: apps(app('a'), app('b', { selected: false, cluster: '' })) },
      finds: ['opt-in fail argocd/b'],
      says: /kubectl annotate application -n argocd b/,
    },
    {
      what: 'skip-reconcile is missing',
      fleet: { applications: apps(app('a', { skipReconcile: false })) },
      finds: ['skip-reconcile fail argocd/a'],
      says: /deploys it to the hub too/,
    },
    {
      what: 'no placement allows it',
      fleet: { decisions: seen(new Map()) },
      finds: ['placed fail argocd/a'],
      says: /no PlacementDecision in namespace argocd/,
    },
    {
      what: 'it would be refused',
      fleet: { applications: apps(app('a', { refusals: ['metadata.namespace: no label'] })) },
      finds: ['names fail argocd/a'],
      says: /no label/,
    },
    {
      what: 'two would be one on the cluster',
      fleet: {
        applications: apps(app('a'), app('a', { key: 'team/a', namespace: 'team' })),
        decisions: seen(
          new Map([
            ['argocd', new Set(['c1'])],
            ['team', new Set(['c1'])],
          ]),
        ),
        bundles: seen([bundle('a'), bundle('a', { appKey: 'team/a' })]),
      },
      finds: ['spoke-name fail argocd/a', 'spoke-name fail team/a'],
      says: /so is team\/a/,
    },
    {
      what: 'both models have it',
      fleet: { classic: seen([classicWork('a')]) },
      finds: ['one-model fail argocd/a'],
      says: /ManifestWork c1\/a-a1b2c .* and bundle bundle-a/,
    },
    {
      what: 'only the classic model has it',
      fleet: { classic: seen([classicWork('a')]), bundles: seen([]) },
      finds: ['one-model fail argocd/a'],
      says: /only the classic model/,
    },
    {
      what: 'nobody has it',
      fleet: { bundles: seen([]) },
      finds: ['one-model fail argocd/a'],
      says: /Maestro has no work of it/,
    },
    {
      what: 'a migration was left',
      fleet: { bundles: seen([bundle('a', { migration: 'run-1' })]) },
      finds: ['one-model fail argocd/a'],
      says: /migration run-1/,
    },
    {
      what: 'its cluster cannot apply it',
      fleet: { bundles: seen([bundle('a', { stand: 'failed', problem: 'namespaces "team" not found' })]) },
      finds: ['applied fail argocd/a'],
      says: /namespaces "team" not found\n.*--deliver-namespace/,
    },
    {
      what: 'its latest version does not arrive',
      fleet: { bundles: seen([bundle('a', { stand: 'behind' })]) },
      finds: ['applied fail argocd/a'],
      says: /on its way to cluster c1 since/,
    },
    {
      what: 'its project is missing',
      fleet: {
        applications: apps(app('a', { specError: 'application references project team which does not exist' })),
      },
      finds: ['project fail argocd/a'],
      says: /--deliver-project/,
    },
    {
      what: 'a condition stands',
      fleet: {
        applications: apps(app('a', { conditions: [{ type: 'MaestroDeliveryError', message: 'not delivered' }] })),
      },
      finds: ['conditions fail argocd/a'],
      says: /MaestroDeliveryError: not delivered/,
    },
    {
      what: 'a work of ours has no application',
      fleet: { bundles: seen([bundle('a'), bundle('gone')]) },
      finds: ['ownerless fail argocd/gone'],
      says: /for no application/,
    },
    {
      what: 'a classic work has none',
      fleet: { classic: seen([classicWork('gone')]) },
      finds: ['ownerless fail argocd/gone'],
      says: /ManifestWork c1\/gone-a1b2c/,
    },
  ])('$what', ({ fleet, finds, says }) => {
    const { results } = ofFleet(fleet);
    expect(told(results)).toEqual(finds);
    expect(messages(results)).toMatch(says);
  });

  it("leaves alone what is another hub's, what is on its way for a moment, and what left its cluster on purpose", () => {
    const { results } = ofFleet({
      applications: apps(app('a'), app('b', { selected: false })),
      bundles: seen([
        bundle('a', { stand: 'behind', changedMs: wallMs - 5_000 }),
        bundle('x', { manager: 'other-hub' }),
      ]),
    });
    expect(told(results)).toEqual(['opt-in note argocd/b']);
  });

  it('puts no name into a command that would be one of its own in a shell', () => {
    const { results } = ofFleet({ chosen: ['$(reboot)'], clusters: seen(new Map()) });
    expect(messages(results)).toContain(`import the cluster as '$(reboot)'`);
  });

  it('says of each check that could not be made that it was not', () => {
    const { holds, results } = ofFleet({
      applications: unseen,
      bundles: unseen,
      classic: unseen,
      addOns: unseen,
      clusters: unseen,
    });
    expect(holds).toBe(false);
    expect(results.filter(({ passed }) => passed > 0).map(({ name }) => name)).toEqual([
      'consumer',
      'argo-cd',
      'agent-rights',
    ]);
    expect(results.find(({ name }) => name === 'one-model')).toMatchObject({ passed: 0, unknown: 1 });
  });
});

describe('what a migration demands beforehand', () => {
  it('to Maestro: the classic model runs and has everything, which is told and is no fault', () => {
    const models = { ...stoppedModels, classic: seen(deployment('multicluster-integrations', 1)) };
    const hub = ofHub({ purpose: 'to-maestro', models });
    expect(told(hub.results)).toEqual(['classic-model note', 'controller-guard note']);
    expect(messages(hub.results)).toContain('--pause-classic');
    const fleet = ofFleet({ purpose: 'to-maestro', classic: seen([classicWork('a')]), bundles: seen([]) });
    expect(told(fleet.results)).toEqual([]);
  });

  it('to Maestro: a spec that both models deliver differently stops it', () => {
    const { holds, results } = ofFleet({
      purpose: 'to-maestro',
      applications: apps(app('a', { specHash: 'x' })),
      classic: seen([classicWork('a', { specHash: 'y' })]),
      bundles: seen([]),
    });
    expect(told(results)).toEqual(['differences fail argocd/a']);
    expect(messages(results)).toContain('--accept-differences');
    expect(holds).toBe(false);
  });

  it('to classic: its Deployment has to be there, and what stops us is told', () => {
    const models = {
      ...stoppedModels,
      classic: seen(undefined),
      switches: seen({ classicDisabled: false, maestroDisabled: true }),
    };
    const { results } = ofHub({ purpose: 'to-classic', models });
    expect(told(results)).toEqual(['classic-model fail', 'switches note', 'controller-guard note']);
    expect(told(ofFleet({ purpose: 'to-classic' }).results)).toEqual([]);
  });
});
