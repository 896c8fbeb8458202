import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { createMaestroClient, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { Pty } from '../terminal/pseudo-terminal.ts';
import type { Stretch } from '../terminal/screen.ts';
import { fleetRollOut } from '../../test/output/report/support.ts';
import { entryLine, factLine, headerLine } from '../../src/core/fleet/journal.ts';
import { startHub } from './hub.ts';
import { screenPicture } from './terminal.ts';

/** What a real terminal showed. */
export interface Capture {
  /** Of its file, without the width. */
  readonly name: string;
  readonly columns: number;
  readonly typed: string;
  /** What times of the day and running times say is replaced, so that two captures of one thing are the same. */
  readonly rows: readonly (readonly Stretch[])[];
}

/** Something to be captured at each width. */
interface Scene {
  readonly name: string;
  readonly args: readonly string[];
  /** Rows of the terminal; all that was written is shown when it is absent, otherwise what is in view. */
  readonly rows?: number;
  /** Keys, each with what the screen shows then. The last one is captured, when there are any. */
  readonly keys?: readonly (readonly [keys: string, shown: RegExp])[];
}

export const widths = [80, 160] as const;

/** All scenes start at once, on a machine that may be busy. After a minute a wait tells its time otherwise. */
const mostMs = 55_000;

/** The UI has heard of everything. */
const allRead = ['', /live[^]*63 works/] as const;

export const scenes: readonly Scene[] = [
  { name: 'list', args: ['list', '-c', 'cluster-north-7,cluster-west-1', '--sort-by=state'] },
  {
    name: 'wait',
    args: ['wait', 'hyperfleet-ingress', '--all-consumers', '--timeout=2m'],
    rows: 24,
    // An agent is called silent after ten seconds.
    keys: [['', /58\/60[^]*1 silent[^]*cluster-north-7/]],
  },
  { name: 'diff', args: ['diff', 'ingress-2.yaml', '--all-consumers'] },
  { name: 'describe', args: ['describe', 'hyperfleet-ingress', '-c', 'cluster-east-12'] },
  { name: 'ui-fleet', args: ['ui'], rows: 24, keys: [allRead, ['s', /sorted by/]] },
  { name: 'ui-works', args: ['ui'], rows: 24, keys: [allRead, ['2', /NAME/], ['s', /sorted by state/]] },
  {
    name: 'ui-work',
    args: ['ui'],
    rows: 24,
    keys: [allRead, ['2', /NAME/], ['/', /filter/], ['east-12', /1 shown/], ['\r', /./], ['\r', /Conditions/i]],
  },
  {
    name: 'ui-roll-out',
    args: ['ui', '--journal=roll-out.jsonl'],
    rows: 24,
    keys: [
      ['', /live/],
      ['4', /wave 3[^]*not begun/],
    ],
  },
  {
    name: 'ui-gitops',
    args: ['ui', '--kubeconfig=hub.yaml'],
    rows: 24,
    keys: [allRead, ['5', /8 applications/], ['s', /sorted/]],
  },
];

/** So old that everything that has an age is as old tomorrow. */
const ageMs = 3 * 86_400_000;

const regions = ['west', 'east', 'north'] as const;
const fleet = Array.from({ length: 60 }, (_none, index) => {
  const region = regions[index % regions.length] ?? '';
  return { name: `cluster-${region}-${Math.floor(index / regions.length) + 1}`, labels: { region } };
});

const offline = 'cluster-north-7';
const failing = 'cluster-east-12';

/**
 * Captures every scene at every width, against a stand-in for a fleet of sixty clusters of which one is offline and one
 * fails.
 *
 * @param command how maestro-cli is started: a program and what stands before its arguments
 * @throws Error when a scene does not come to show what it should
 */
export async function recordCaptures(command: readonly [string, ...string[]]): Promise<readonly Capture[]> {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-captures-'));
  const standIn = await startStandIn({
    clock: { ...systemClock, wallMs: () => systemClock.wallMs() - ageMs },
    consumers: fleet,
    agents: {
      [offline]: { online: false },
      [failing]: { failManifests: ['Deployment.apps/hyperfleet/web'] },
      'cluster-west-1': {
        failManifests: ['ConfigMap/hyperfleet/bad'],
        unavailableManifests: ['ConfigMap/hyperfleet/late'],
      },
    },
  });
  const hub = await startHub(systemClock.wallMs() - ageMs);
  try {
    await fill(standIn);
    writeFileSync(join(folder, 'ingress-2.yaml'), JSON.stringify(ingressWork('1.3')));
    writeFileSync(join(folder, 'hub.yaml'), hub.kubeconfig);
    writeFileSync(join(folder, 'roll-out.jsonl'), rollOutJournal(systemClock.wallMs() - ageMs - 60_000));
    const place = { command, folder, standIn };
    return await Promise.all(
      scenes.flatMap((scene) => widths.map(async (columns) => captureOf(scene, columns, place))),
    );
  } finally {
    await hub.close();
    await standIn.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Place {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly standIn: StandIn;
}

async function captureOf(scene: Scene, columns: number, { command, folder, standIn }: Place): Promise<Capture> {
  const { name, args, keys } = scene;
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    LANG: 'C.UTF-8',
    MAESTRO_HTTP_ENDPOINT: standIn.httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `grpc://${standIn.grpcEndpoint}`,
  };
  await using pty = new Pty([...command, ...args], { columns, rows: scene.rows ?? 60, cwd: folder, env });
  for (const [pressed, shown] of keys ?? []) await pty.press(pressed, (text) => isDrawn(text, shown), mostMs);
  if (keys === undefined) await pty.done;
  const rows = pty.screen.stretches({ history: scene.rows === undefined });
  return {
    name,
    columns,
    typed: `maestro-cli ${args.join(' ')}`,
    rows: rows.map((row) => row.map((stretch) => ({ ...stretch, text: timeless(stretch.text) }))),
  };
}

/** As wanted, and not a picture of rows that are still being read, sorted or filtered, which a busy machine shows. */
function isDrawn(text: string, shown: RegExp): boolean {
  return shown.test(text) && !/reading …|sorting and filtering …/.test(text);
}

/** A spinner, how long something has taken, times of the day and ports differ from run to run; their widths do not. */
function timeless(text: string): string {
  return text
    .replace(/[\u2800-\u28ff]/g, '⠹')
    .replace(/\b[1-5]\ds of (?=2m)/g, '11s of ')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, '2026-01-05T09:00:00Z')
    .replace(/127\.0\.0\.1:\d+/g, 'maestro.example:8000');
}

async function fill(standIn: StandIn): Promise<void> {
  await using client = await createMaestroClient(standIn.clientOptions());
  await Promise.all(
    fleet.map(async ({ name: consumer }) =>
      client
        .works(consumer)
        .apply(
          { name: 'hyperfleet-ingress', manifests: ingressManifests('1.2') },
          consumer === offline || consumer === failing ? {} : { wait: 'Available' },
        ),
    ),
  );
  await nodePools(client);
}

/** Works in several states, with names as they are called in a fleet. */
async function nodePools(client: MaestroClient): Promise<void> {
  const works = client.works('cluster-west-1');
  const manifests = (name: string): readonly object[] => [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'hyperfleet' }, data: { replicas: '3' } },
  ];
  await works.apply(
    { name: 'hyperfleet-cluster-west-1-nodepool-blue', manifests: manifests('blue') },
    { wait: 'Available' },
  );
  await works.apply(
    { name: 'hyperfleet-cluster-west-1-nodepool-green', manifests: manifests('late') },
    { wait: 'Applied' },
  );
  await works.apply({ name: 'hyperfleet-cluster-west-1-nodepool-red', manifests: manifests('bad') });
}

/** Of a run that is over, so that the picture does not go on. */
function rollOutJournal(beganMs: number): string {
  const lines = fleetRollOut(60, 20).flatMap((told) => {
    const fact = { ...told, wallMs: beganMs + told.wallMs };
    switch (fact.kind) {
      case 'begun':
        return factLine({ ...fact, plan: { ...fact.plan, noun: 'work' } });
      case 'stored':
        return entryLine({
          consumer: fact.cluster,
          name: fact.work,
          version: 1,
          work: 'web',
          how: fact.how,
          wallMs: fact.wallMs,
        });
      case 'noted':
        return [];
      default:
        return factLine(fact);
    }
  });
  return [headerLine({ endpoint: 'maestro.example:8090', source: 'maestro-cli', input: 'web' }), ...lines].join('');
}

function ingressWork(version: string): object {
  return {
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name: 'hyperfleet-ingress' },
    spec: { workload: { manifests: ingressManifests(version) } },
  };
}

function ingressManifests(version: string): readonly object[] {
  const labels = { app: 'web' };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'hyperfleet' } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'hyperfleet' },
      spec: {
        replicas: 3,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'web', image: `registry.example/web:${version}` }] },
        },
      },
    },
  ];
}

/** The file of a capture, in docs/pictures/terminal. */
export function captureFile({ name, columns }: Pick<Capture, 'name' | 'columns'>): string {
  return `${name}-${columns}.svg`;
}

export function capturePicture({ typed, columns, rows }: Capture): string {
  const words = rows.map((row) => row.map(({ text }) => text).join(''));
  return screenPicture(
    { title: `${typed}, ${columns} columns wide`, description: [`$ ${typed}`, ...words].join('\n') },
    { typed: `$ ${typed}`, columns, rows },
  );
}
