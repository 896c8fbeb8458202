/**
 * `gitops check` over a whole fleet beside a simulated hub and a simulated Maestro, each in a process of its own; see
 * "A check of the hub" in docs/performance.md.
 *
 * CLUSTERS (40), APPLICATIONS a cluster (50), RUNS (3), PURPOSES (running,to-maestro). All at 3,000 × 50:
 * CLUSTERS=3000. Give an executable to measure it in place of bin/maestro-cli.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startHub, startMaestro } from './gitops/surroundings.ts';
import { machine, measure, median, type Run } from './measure.ts';

const number = (name: string, standard: number): number => Number(process.env[name] ?? standard);
const fleet = { clusters: number('CLUSTERS', 40), applications: number('APPLICATIONS', 50) };
const runs = number('RUNS', 3);
const purposes = (process.env['PURPOSES'] ?? 'running,to-maestro').split(',');
const command = resolve(process.argv[2] ?? join(import.meta.dirname, '../bin/maestro-cli'));
const sourceId = 'app-work-client';

function kubeconfigFor(server: string, folder: string): string {
  const file = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'hub',
    clusters: [{ name: 'hub', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'bench', user: {} }],
    contexts: [{ name: 'hub', context: { cluster: 'hub', user: 'bench' } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return file;
}

console.log(`${machine()}; ${fleet.clusters} clusters × ${fleet.applications} applications; ${runs} runs each\n`);
console.log(
  '| for | applications and works | wall s | own CPU s | peak MiB | calls to the hub | calls to Maestro | load before and after |\n|---|---|---|---|---|---|---|---|',
);
for (const purpose of purposes) {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-bench-'));
  const classic = purpose === 'to-maestro';
  const statusMs = Date.now() - 60_000;
  const [hub, maestro] = await Promise.all([
    startHub({ fleet, present: true, statusMs, classic }),
    startMaestro({ fleet, sourceId, storedMs: classic ? 0 : statusMs }),
  ]);
  const argv = [
    'gitops',
    'check',
    `--for=${purpose}`,
    '--agent-within=100000h',
    `--kubeconfig=${kubeconfigFor(hub.server, folder)}`,
    '--timeout=30m',
  ];
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    MAESTRO_HTTP_ENDPOINT: maestro.endpoints.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `grpc://${maestro.endpoints.grpcEndpoint}`,
  };
  // Before a migration nothing tells of the agents of clusters, which is no success and no trouble here.
  const allowed = classic ? 7 : 0;
  const words = ['sh', '-c', `"$@"; [ $? = ${allowed} ]`, 'sh', command, ...argv];
  const done: Run[] = [];
  const loads: number[] = [loadavg()[0] ?? NaN];
  await Promise.all([hub.report(), maestro.report()]);
  for (let run = 0; run < runs; run += 1) done.push(await measure(words, env, folder));
  loads.push(loadavg()[0] ?? NaN);
  const [{ requests: hubCalls }, { requests: maestroCalls }] = await Promise.all([hub.report(), maestro.report()]);
  const of = (value: (run: Run) => number): string => median(done.map(value)).toFixed(1);
  const seconds = [of(({ wallMs }) => wallMs / 1000), of(({ cpuMs }) => cpuMs / 1000)];
  const size = fleet.clusters * fleet.applications;
  const works = classic ? `${size} + ${size} ManifestWorks` : `${size} + ${size} bundles`;
  console.log(
    `| ${purpose} | ${works} | ${seconds.join(' | ')} | ${of(({ peakMiB }) => peakMiB)} | ${hubCalls / runs} | ${maestroCalls / runs} | ${loads.map((load) => load.toFixed(1)).join(', ')} |`,
  );
  await Promise.all([hub.process.stop(), maestro.process.stop()]);
  rmSync(folder, { recursive: true });
}
