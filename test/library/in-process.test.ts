import { afterEach, describe, expect, it } from 'vitest';
import {
  createMaestroClient,
  type ManifestWork,
  type MaestroClient,
  type MaestroClientOptions,
} from '../../src/index.ts';
import { connectInProcess } from '../../src/parts.ts';
import { createStandIn, type InProcessOptions, type InProcessStandIn } from '../../src/standin/index.ts';
import { ManualClock } from '../support/fake-clock.ts';
import { runCli } from '../support/run-cli.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function started(
  options: InProcessOptions = {},
  client: Partial<MaestroClientOptions> = {},
): Promise<{ readonly standIn: InProcessStandIn; readonly maestro: MaestroClient }> {
  const standIn = await createStandIn({ consumers: ['c1'], agent: { delayMs: 1 }, ...options });
  const maestro = await createMaestroClient({ inProcess: standIn, source: 'adapter', ...client });
  open.push(standIn, maestro);
  return { standIn, maestro };
}

const work: ManifestWork = {
  name: 'w',
  labels: {},
  annotations: {},
  manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'w', namespace: 'default' } }],
  manifestConfigs: [],
};

describe('a stand-in without ports', () => {
  it('serves the library, its streams too', async () => {
    const { standIn, maestro } = await started();
    expect(await maestro.works('c1').apply(work, { wait: 'Available' })).toMatchObject({ operation: 'created' });
    for await (const change of maestro.watch()) {
      expect(change).toMatchObject({ kind: 'status', name: 'w', consumer: 'c1', version: 1 });
      expect(standIn.subscriptions()).toBe(1);
      break;
    }
    expect(standIn.subscriptions()).toBe(0);
    expect(standIn.objects('c1')).toMatchObject([{ manifest: { metadata: { name: 'w' } } }]);
  });

  it('serves a whole run of the command', async () => {
    const { standIn } = await started();
    const run = await runCli(['apply', '-f', '-', '--consumer=c1', '--name=w', '--wait'], {
      maestro: standIn,
      stdin: JSON.stringify(work.manifests[0]),
    });
    expect(run).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('created (version 1)') as string });
  });

  it('goes by the clock that it is given: hours pass at once', async () => {
    const clock = new ManualClock();
    const { maestro } = await started({ clock, agent: { delayMs: 3 * 3_600_000 } }, { clock, random: () => 0.5 });
    const applied = maestro.works('c1').apply(work, { wait: 'Applied', timeoutMs: 4 * 3_600_000 });
    await clock.finish(applied);
    expect(await applied).toMatchObject({ operation: 'created', version: 1 });
    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(3 * 3_600_000);
  });

  it.each([
    { fault: { kind: 'refuse' }, error: { reason: 'ServerUnreachable', delivery: 'not-sent' } },
    { fault: { kind: 'reset' }, error: { reason: 'OutcomeUnknown', delivery: 'unknown' } },
    { fault: { kind: 'drop-answer' }, error: { reason: 'OutcomeUnknown', delivery: 'unknown' } },
    { fault: { kind: 'status', status: 7, message: 'no' }, error: { reason: 'Unauthorized', delivery: 'refused' } },
  ] as const)('fails a Publish as the network does: $fault.kind', async ({ fault, error }) => {
    const { standIn } = await started();
    const clients = connectInProcess(standIn);
    open.push(clients);
    standIn.setFault({ ...fault, channel: 'grpc', count: 1 });
    const target = { id: 'ce1d8c3c-0f4a-5ab0-9a3e-3a7ad0b1ee6b', consumer: 'c1', source: 'adapter' };
    const options = { signal: new AbortController().signal, deadlineMs: Number.POSITIVE_INFINITY };
    await expect(clients.writer.publish({ kind: 'create', target, work }, options)).rejects.toMatchObject(error);
    expect(standIn.publishes()).toHaveLength(fault.kind === 'drop-answer' ? 1 : 0);
  });

  it('ends its streams when nothing listens any more, and the watch goes on after that', async () => {
    const { standIn, maestro } = await started();
    const states: string[] = [];
    const changes = maestro.watch({ onState: (state) => states.push(state) })[Symbol.asyncIterator]();
    const first = changes.next();
    await maestro.works('c1').apply(work);
    expect(await first).toMatchObject({ value: { name: 'w' } });
    standIn.setFault({ kind: 'refuse', channel: 'grpc' });
    await expect.poll(() => standIn.subscriptions()).toBe(0);
    await expect.poll(() => states).toContain('waiting');
    standIn.clearFaults();
    await expect.poll(() => standIn.subscriptions(), { timeout: 10_000 }).toBe(1);
    await changes.return?.();
  });
});

it('a client without a Maestro is a mistake of its caller', async () => {
  await expect(createMaestroClient({ source: 'adapter' })).rejects.toMatchObject({ code: 'usage' });
});
