import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { uiCommand } from '../../../src/commands/ui/command.ts';
import { LiveHub } from '../../../src/commands/ui/data/live-hub.ts';
import type { Key, NamedKey } from '../../../src/commands/ui/frame/key.ts';
import {
  openView,
  type GatherDeps,
  type OpenView,
  type Place,
  type Wish,
} from '../../../src/commands/ui/frame/view.ts';
import { applicationLines } from '../../../src/commands/ui/views/application-text.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { hubUidStamp } from '../../../src/gitops/constants.ts';
import { gitopsView } from '../../../src/commands/ui/views/gitops-view.ts';
import type { Maestro } from '../../../src/context.ts';
import { MaestroError } from '../../../src/errors.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { openReporter } from '../../../src/output/reporter.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli } from '../../support/run-cli.ts';
import { hubApplicationOf, ListedHub } from '../../gitops/survey/support/listed-hub.ts';

const place: Place = { columns: 100, rows: 30, wallMs: Date.parse('2026-11-22T12:00:00Z') };

let maestro: StandIn;
let client: Maestro;
let stop: AbortController;
let wishes: Wish[];
beforeEach(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 1 } });
  stop = new AbortController();
  wishes = [];
});
afterEach(async () => {
  stop.abort();
  await client.close();
  await maestro.close();
});

async function opened(hub: ListedHub | MaestroError): Promise<OpenView> {
  const options = parseFor(uiCommand, [
    `--http-endpoint=${maestro.httpEndpoint}`,
    `--grpc-endpoint=grpc://${maestro.grpcEndpoint}`,
  ]);
  client = await connectMaestro(options.settings, { clock: systemClock, random: () => 0.5 });
  const stderr = { write: () => undefined, isTTY: false, columns: undefined };
  const world = { clock: systemClock, random: () => 0.5, signal: stop.signal, stderr, env: {} };
  const context: GatherDeps['context'] = {
    ...world,
    stdout: stderr,
    stdin: async function* () {
      // Nobody types.
    },
    interactive: false,
    runtime: { node: '24.0.0', platform: 'test' },
    roomBytes: Number.POSITIVE_INFINITY,
    keepHeapSmall: () => undefined,
    run: () => Promise.reject(new Error('nothing is to be run')),
    cwd: '/',
    pid: 1,
    isRunning: () => false,
    connect: () => Promise.resolve(client),
  };
  const deps: GatherDeps = {
    session: {
      maestro: client,
      budget: createBudget(Number.POSITIVE_INFINITY, world),
      reporter: openReporter(stderr, options.log, {}, systemClock),
      closeAtEnd: (one) => one,
    },
    options,
    context,
    signal: stop.signal,
    changed: () => undefined,
    fail: (error) => {
      throw error;
    },
  };
  const view = gitopsView(
    (gathering) => new LiveHub(gathering, async () => (hub instanceof MaestroError ? Promise.reject(hub) : hub)),
  );
  const open = openView(view, deps, (wish) => wishes.push(wish));
  open.show();
  return open;
}

function textOf(view: OpenView, where: Place = place): string {
  return view
    .picture(where)
    .map(({ spans }) =>
      spans
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
}

function press(view: OpenView, ...keys: readonly string[]): void {
  const named: readonly string[] = ['enter', 'escape', 'down', 'up', 'end'] satisfies readonly NamedKey[];
  for (const key of keys) {
    const pressed: Key = named.includes(key)
      ? { kind: 'key', name: key as NamedKey }
      : { kind: 'character', text: key };
    view.onKey(pressed, place);
  }
}

function fleet(): ListedHub {
  const hub = new ListedHub();
  const synced = { sync: { status: 'Synced' }, health: { status: 'Healthy' } };
  const held = {
    type: 'MaestroDeliveryError',
    message: 'not delivered to cluster c2 since 2026-11-22T11:00:00Z: there is no consumer (ConsumerMissing)',
    lastTransitionTime: '2026-11-22T11:00:00Z',
  };
  hub.put(hubApplicationOf('web', { set: 'shop', status: synced }));
  hub.put(
    hubApplicationOf('db', {
      set: 'shop',
      status: { sync: { status: 'OutOfSync' }, health: { status: 'Degraded', message: 'pod x crashes' } },
    }),
  );
  hub.put(hubApplicationOf('cart', { cluster: 'c2', status: { conditions: [held] } }));
  return hub;
}

describe('applications', () => {
  it('are listed by state, with what the controllers say stands in the way', async () => {
    const view = await opened(fleet());
    await expect.poll(() => textOf(view)).toContain('3 applications');
    expect(textOf(view).split('\n').slice(0, 5)).toEqual([
      '3 applications · 1 with trouble · 1 Degraded 1 no health 1 Healthy · by name',
      '  APPLICATION  CLUSTER  SYNC       HEALTH    DELIVERY         FOR  OPERATION  APPLICATIONSET',
      '> argocd/cart  c2       -          -         ConsumerMissing  60m',
      '  argocd/db    c1       OutOfSync  Degraded                                   argocd/shop',
      '  argocd/web   c1       Synced     Healthy                                    argocd/shop',
    ]);
  });

  it('are counted by sync, too, where there is room', async () => {
    const view = await opened(fleet());
    await expect.poll(() => textOf(view)).toContain('3 applications');
    const [summary] = textOf(view, { ...place, columns: 160 }).split('\n');
    expect(summary).toContain('1 Degraded 1 no health 1 Healthy · 1 OutOfSync 1 no sync 1 Synced · by name');
  });

  it('change as the hub does', async () => {
    const hub = fleet();
    const view = await opened(hub);
    await expect.poll(() => textOf(view)).toContain('argocd/db');
    hub.remove('argocd/db');
    hub.put(hubApplicationOf('cart', { cluster: 'c2', status: { health: { status: 'Progressing' } } }));
    await expect.poll(() => textOf(view)).toContain('2 applications · 1 Progressing 1 Healthy');
    expect(textOf(view)).not.toContain('ConsumerMissing');
  });

  it('are sorted by what is worst, and filtered by any of their words', async () => {
    const view = await opened(fleet());
    await expect.poll(() => textOf(view)).toContain('argocd/db');
    press(view, 's');
    expect(textOf(view)).toMatch(/argocd\/db[^]*argocd\/cart[^]*argocd\/web/);
    view.onTyped({ kind: 'filter', text: 'consumermissing', done: true });
    expect(textOf(view)).toContain('1 application ');
    expect(textOf(view)).not.toContain('argocd/db');
  });

  it.each([
    {
      keys: ['b'],
      title: 'ApplicationSet',
      rows: ['APPLICATIONSET  APPS', '(none)             1', 'argocd/shop        2'],
    },
    { keys: ['b', 'b'], title: 'cluster', rows: ['CLUSTER  APPS', 'c1          2', 'c2          1'] },
    {
      keys: ['b', 'b', 'b'],
      title: 'what stands in the way',
      rows: ['DELIVERY         APPS', '(none)              2', 'ConsumerMissing     1'],
    },
  ])('are counted by $title, and enter shows those of one', async ({ keys, rows }) => {
    const view = await opened(fleet());
    await expect.poll(() => textOf(view)).toContain('argocd/db');
    press(view, ...keys);
    const lines = textOf(view).split('\n').slice(1, 4);
    for (const [at, row] of rows.entries()) expect(lines[at]?.slice(2).startsWith(row), lines[at]).toBe(true);
    press(view, 'end', 'enter');
    const last = rows[2]?.split(/ {2,}/);
    expect(textOf(view).split('\n')[0]).toContain(`of ${last?.[0]} · `);
    expect(textOf(view).match(/^[> ] argocd\//gm)).toHaveLength(Number(last?.[1]));
    press(view, 'escape');
    expect(textOf(view)).toContain(rows[1] ?? '');
  });

  it('say so while not all have been read, and when the hub stops answering', async () => {
    const hub = fleet();
    hub.fault = new MaestroError('access-denied', 'applications is forbidden');
    const view = await opened(hub);
    await expect
      .poll(() => textOf(view))
      .toContain('the hub https://hub.example:6443 could not be read: applications is forbidden; trying again');
  });
});

describe('one application', () => {
  it('is told in full: the hub, the controllers, where it goes, and its work in Maestro', async () => {
    const work = {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: {
        name: 'argocd-db',
        annotations: {
          'apps.open-cluster-management.io/hub-application-namespace': 'argocd',
          'apps.open-cluster-management.io/hub-application-name': 'db',
        },
      },
      spec: { workload: { manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns1' } }] } },
    };
    const applied = await runCli(['apply', '-f', 'w.json', '-c', 'c1', '--watch'], {
      endpoints: maestro,
      files: { 'w.json': JSON.stringify(work) },
    });
    expect(applied.exitCode, applied.stderr).toBe(0);
    const view = await opened(fleet());
    await expect.poll(() => textOf(view)).toContain('argocd/db');
    press(view, 'down', 'enter');
    await expect.poll(() => textOf(view)).toContain('argocd-db on c1');
    const text = textOf(view);
    expect(text).toContain('argocd/db · esc goes back, w opens its work');
    expect(text).toContain('health: Degraded · pod x crashes');
    expect(text).toContain('Delivery, as the controllers tell it\n  nothing in the way is told');
    expect(text).toContain('cluster: c1');
    expect(text).toContain('Application on the cluster: argocd/db');
    expect(text).toMatch(/argocd-db on c1 (available|applied)\n {2}version 1\/1 observed\/stored · id /);
    press(view, 'w');
    expect(wishes).toMatchObject([{ wish: 'open-work', work: { name: 'argocd-db', consumer: 'c1' } }]);
    press(view, 'escape');
    expect(textOf(view)).toContain('3 applications');
  });

  it('that is held back shows the words of the controllers, and that Maestro has no work of it', async () => {
    const view = await opened(fleet());
    await expect.poll(() => textOf(view)).toContain('argocd/cart');
    press(view, 'enter');
    await expect.poll(() => textOf(view)).toContain('Maestro has no work of this application there');
    expect(textOf(view)).toContain('MaestroDeliveryError for 60m: not delivered to cluster c2');
    press(view, 'w');
    expect(wishes).toMatchObject([{ wish: 'tell', text: 'Maestro has no work of this application' }]);
  });

  it('that goes from the hub is told to be gone, with what was last read', async () => {
    const hub = fleet();
    const view = await opened(hub);
    await expect.poll(() => textOf(view)).toContain('argocd/cart');
    hub.remove('argocd/cart');
    press(view, 'enter');
    await expect.poll(() => textOf(view)).toContain('the hub does not have this application any more');
  });
});

it('tells a work that was made of another Application of the same name', async () => {
  const text = async (uid: string): Promise<string> => {
    const bundle = { metadata: { annotations: { [hubUidStamp]: uid } } };
    await opened(new ListedHub());
    const work = {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'argocd-db' },
      spec: { workload: { manifests: [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ns1' } }] } },
    };
    const files = { 'w.json': JSON.stringify(work) };
    await runCli(['apply', '-f', 'w.json', '-c', 'c1'], { endpoints: maestro, files });
    const stored = await client.reader.getBundle(bundleId('maestro-cli', 'c1', 'argocd-db'), {
      signal: stop.signal,
      deadlineMs: Number.POSITIVE_INFINITY,
    });
    if (stored === undefined) throw new Error('it is not stored');
    const bundles = [{ ...stored, metadata: { ...stored.metadata, ...bundle.metadata } }];
    const hub = { opened: { key: 'argocd/db', isGone: false, object: hubApplicationOf('db'), bundles } };
    return applicationLines(hub, place)
      .map(({ spans }) => spans.map((part) => part.text).join(''))
      .join('\n');
  };
  expect(await text('uid-other')).toContain('it was made of another Application of this name (uid uid-other)');
  expect(await text('uid-db')).not.toContain('another Application');
});

it('says how to give a hub where there is none', async () => {
  const view = await opened(new MaestroError('usage', 'there is no kubeconfig'));
  await expect.poll(() => textOf(view)).toContain('No hub can be looked at: there is no kubeconfig.');
  expect(textOf(view)).toMatch(/--kubeconfig FILE, --kube-context\s+NAME or --in-cluster/);
});

it('fits in 80 columns with whole names, and shows nothing that could steer a terminal', async () => {
  const hub = new ListedHub();
  const name = `${'n'.repeat(50)}-1`;
  hub.put(hubApplicationOf(name, { status: { health: { status: 'Degraded\u001b[2J' } } }));
  const view = await opened(hub);
  await expect.poll(() => textOf(view)).toContain(name);
  const text = textOf(view, { ...place, columns: 80, rows: 20 });
  expect(text).not.toContain('\u001b');
  expect(text).toContain(`argocd/${name}`);
});
