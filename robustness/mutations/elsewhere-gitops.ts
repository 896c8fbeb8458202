import type { Elsewhere } from './elsewhere.ts';

/** Of the two controllers. */
export const elsewhereGitops: readonly Elsewhere[] = [
  {
    fault: 'an Application that is gone is asked for again and again, for ever',
    whose: 'Go controllers',
    why: 'a question that changes nothing is in no history',
    test: 'test/gitops/scenarios/deletion.test.ts',
    title: 'a finished application costs no more calls',
  },
  {
    fault: 'whoever may make an Application anywhere may aim it at any cluster',
    whose: 'Go controllers',
    why: 'the namespace of programs may have all clusters',
    test: 'test/gitops/scenarios/clusters.test.ts',
    title: 'without a PlacementDecision nothing is published',
  },
  {
    fault: 'an Application whose label is taken off stays on its cluster',
    whose: 'Go controllers',
    why: 'nobody in programs takes the label off',
    test: 'test/gitops/scenarios/deletion.test.ts',
    title: 'without its label the application leaves the cluster and stays on the hub',
  },
  {
    fault: 'the status is taken from the first manifest and its first value, whatever those are',
    whose: 'Go controllers',
    why: 'a work in programs holds its Application alone',
    test: 'test/gitops/scenarios/status.test.ts',
    title: 'whatever other manifests and values are reported',
  },
  {
    fault: 'two Applications have one name for their works, and long or dotted names fail for ever',
    whose: 'Go controllers',
    why: 'the few names in programs make no such pair',
    test: 'test/gitops/scenarios/shape.test.ts',
    title: 'long and dotted names are hashed, and two that would collide are two bundles',
  },
  {
    fault: 'a finalizer of Argo CD that is not the plain one keeps the Application on the hub for ever',
    whose: 'Go controllers',
    why: 'Applications in programs have the plain one',
    test: 'test/gitops/scenarios/deletion.test.ts',
    title: 'finalizers of Argo CD are removed (%s), others are kept',
  },
  {
    fault: 'an Application on a cluster that turns out to be the hub is neither taken off it nor let go',
    whose: 'Go controllers',
    why: 'no cluster in programs is the hub',
    test: 'test/gitops/scenarios/clusters.test.ts',
    title: 'a cluster that turns out to be the hub loses its bundles',
  },
  {
    fault: 'a field that somebody else owns on the cluster keeps every later change away',
    whose: 'Go controllers',
    why: 'nobody else writes Applications of clusters in programs',
    test: 'test/gitops/bundle/build-bundle.test.ts',
    title: 'makes one bundle, always the same, for an application of a set',
  },
  {
    fault: 'each refresh, every three minutes, is a write of each Application on the hub',
    whose: 'Go controllers',
    why: 'programs do not last so long',
    test: 'test/gitops/scenarios/status.test.ts',
    title: 'a refresh that moves nothing but reconciledAt is not written',
  },
  {
    fault: 'any certificate of Maestro is believed',
    whose: 'Go controllers',
    why: 'programs run in plaintext',
    test: 'test/gitops/scenarios/transport.test.ts',
    title: 'Maestro: an unknown CA is refused, and the right one taken from its file',
  },
  {
    fault: 'an agent reports of the work of another cluster, and is believed',
    whose: 'thought of',
    why: 'the stand-in sends each report under the cluster of its work, as Maestro does',
    test: 'test/gitops/scenarios/status.test.ts',
    title: 'a report, and word of the end, from another cluster than that of the bundle are refused',
  },
  {
    fault: 'of deletions that come at once the brake counts none that was proven before the last sweep',
    whose: 'ours',
    why: 'one of them slips through as rightly when the hub does not answer for the others',
    test: 'test/gitops/deliver/garbage.test.ts',
    title: 'is one of too many also when sweeps are nearer to each other than the wait is long',
  },
  {
    fault: 'works of Applications that a list of the hub lacks are deleted, and nobody asks the hub once more',
    whose: 'thought of',
    why: 'several rules stand before such a deletion, and 22 programs did not show it with three of them taken away',
    test: 'test/gitops/scenarios/orphans.test.ts',
    title: 'GC asks the hub once more: an application that the list left out keeps its bundle',
  },
  {
    fault:
      'an operation that somebody ended on its cluster is taken for one that is not over, and its state stays away',
    whose: 'thought of',
    why: 'it has to be ended within the moments in which it runs, which 33 programs did not do so that it showed',
    test: 'test/gitops/status/one-shot-finished.test.ts',
    title: "['failed', true, { ...done, phase: 'Failed' }]",
  },
  {
    fault:
      'a report that came while the one before was written is forgotten with it, and asked of a Maestro that shows it later',
    whose: 'ours',
    why: 'the server of programs shows what it has sent from the same moment on',
    test: 'test/gitops/reconcile/reports-in-between.test.ts',
    title: 'is followed by the report that came meanwhile, which need not be asked for',
  },
];
