/**
 * The GitOps controllers beside a simulated hub and a simulated Maestro, each in
 * a process of its own; see "GitOps controllers" in docs/performance.md.
 *
 * CLUSTERS (40), APPLICATIONS a cluster (50), SCENARIOS
 * (index,status,edit,publish,rollout), RUNS (3) of PUBLISHES (1000), RATE of status
 * events a second (200) for DURATION seconds (10) with TRANSITIONS as their
 * share of changes that count (0.1), HEAP in MiB (Node's own limit), PROFILE=1
 * (a CPU profile of the controllers in the current folder), NODE_FLAGS (of the
 * controllers, separated by spaces).
 *
 * All at 3,000 × 50: CLUSTERS=3000 RATE=1000 DURATION=60.
 * Memory at 10,000 × 50: CLUSTERS=10000 SCENARIOS=index HEAP=2048.
 */
import { coldIndex, rollOut, statusEvents, editOfAll, type Bench } from './gitops/scenarios.ts';
import { publishBesideBareLoop } from './gitops/publish-pairs.ts';
import { machine } from './measure.ts';

const number = (name: string, standard: number): number => Number(process.env[name] ?? standard);
const heapMiB = number('HEAP', 0);
const bench: Bench = {
  fleet: { clusters: number('CLUSTERS', 40), applications: number('APPLICATIONS', 50) },
  nodeFlags: [
    ...(heapMiB === 0 ? [] : [`--max-old-space-size=${heapMiB}`]),
    ...(process.env['PROFILE'] === '1' ? ['--cpu-prof', `--cpu-prof-dir=${process.cwd()}`] : []),
    ...(process.env['NODE_FLAGS'] ?? '').split(' ').filter((flag) => flag !== ''),
  ],
  perSecond: number('RATE', 200),
  seconds: number('DURATION', 10),
  transitions: number('TRANSITIONS', 0.1),
  runs: number('RUNS', 3),
};
const scenarios = (process.env['SCENARIOS'] ?? 'index,status,edit,publish,rollout').split(',');

console.log(
  `${machine()}; ${bench.fleet.clusters} clusters × ${bench.fleet.applications} applications${heapMiB === 0 ? '' : `; heap limit ${heapMiB} MiB`}\n`,
);
if (['index', 'status', 'edit'].some((name) => scenarios.includes(name))) {
  const stage = await coldIndex(bench);
  if (scenarios.includes('status')) await statusEvents(bench, stage);
  if (scenarios.includes('edit')) await editOfAll(bench, stage);
  await stage.stop();
}
if (scenarios.includes('publish')) await publishBesideBareLoop(bench);
if (scenarios.includes('rollout')) await rollOut(bench);
