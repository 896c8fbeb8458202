import { afterEach, describe, expect, it } from 'vitest';
import { startStandIn } from '../../src/standin/index.ts';
import type { Fault, StandIn, StandInOptions } from '../../src/standin/index.ts';
import { BareClient, workEvent } from './client.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

async function start(options: StandInOptions = {}): Promise<{ standIn: StandIn; client: BareClient }> {
  const standIn = await startStandIn({ consumers: ['c1'], ...options });
  const client = new BareClient(standIn.grpcEndpoint);
  open.push(standIn, client);
  return { standIn, client };
}

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } };
const create = (id: string) => ({ event: workEvent('create', { id, consumer: 'c1', manifests: [namespace] }) });

async function status(standIn: StandIn, path: string): Promise<number | 'no answer'> {
  try {
    const answer = await fetch(`${standIn.httpEndpoint}${path}`, { headers: { connection: 'close' } });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 'no answer';
  }
}

const bundle = '/api/maestro/v1/resource-bundles';

describe('faults on gRPC', () => {
  it('refuse: nothing listens until cleared, then the same port does', async () => {
    const { standIn } = await start();
    standIn.setFault({ kind: 'refuse', channel: 'grpc' });
    const refused = new BareClient(standIn.grpcEndpoint);
    open.push(refused);
    const answer = await refused.publish(create('w1'));
    expect(answer.code).toBe(14);
    expect(answer.message).toContain('ECONNREFUSED');
    standIn.clearFaults();
    const back = new BareClient(standIn.grpcEndpoint);
    open.push(back);
    expect(await back.publish(create('w1'))).toEqual({ code: 0, message: '' });
  });

  it('reset: the call ends and nothing was done', async () => {
    const { standIn, client } = await start();
    standIn.setFault({ kind: 'reset', channel: 'grpc', count: 1 });
    expect((await client.publish(create('w1'))).code).toBe(14);
    expect(standIn.publishes()).toEqual([]);
    expect(await status(standIn, `${bundle}/w1`)).toBe(404);
    expect((await client.publish(create('w1'))).code).toBe(0);
  });

  it('drop-answer: the call ends and everything was done', async () => {
    const { standIn, client } = await start();
    standIn.setFault({ kind: 'drop-answer', channel: 'grpc', count: 1 });
    expect((await client.publish(create('w1'))).code).toBe(14);
    expect(await status(standIn, `${bundle}/w1`)).toBe(200);
    expect(await client.publish(create('w1'))).toMatchObject({
      message: expect.stringContaining('already exists') as string,
    });
    expect(standIn.publishes()).toHaveLength(2);
  });

  it('status: the code and text that were asked for', async () => {
    const { standIn, client } = await start();
    standIn.setFault({ kind: 'status', channel: 'grpc', status: 14, message: 'draining', count: 2 });
    expect(await client.publish(create('w1'))).toEqual({ code: 14, message: 'draining' });
    expect(await client.publish(create('w1'))).toEqual({ code: 14, message: 'draining' });
    expect((await client.publish(create('w1'))).code).toBe(0);
  });

  it('half-open: the stream stays, nothing flows, and what was missed is lost', async () => {
    const { standIn, client } = await start({ heartbeatMs: 20, agent: { online: false } });
    const stream = client.subscribe('maestro-cli');
    await stream.headers;
    await stream.count(1);
    standIn.setFault({ kind: 'half-open', channel: 'grpc' });
    // A round trip after the fault: what was sent before it has arrived.
    await client.publish(create('w1'));
    const before = stream.events.length;
    standIn.setAgent('c1', { online: true });
    while (
      !JSON.stringify(await (await fetch(`${standIn.httpEndpoint}${bundle}/w1`)).json()).includes('ResourcesAvailable')
    );
    expect(stream.events).toHaveLength(before);
    expect(standIn.subscriptions()).toBe(1);
    standIn.clearFaults();
    await stream.count(before + 1);
    expect(stream.events.at(-1)?.type).toContain('heartbeat');
    stream.cancel();
  });
});

describe('events of the stream', () => {
  async function eventsUnder(fault: Fault): Promise<readonly string[]> {
    const { standIn, client } = await start();
    const stream = client.subscribe('maestro-cli');
    await stream.headers;
    standIn.setFault(fault);
    await client.publish(create('w1'));
    await stream.count(fault.kind === 'repeat-events' ? 3 : 2);
    stream.cancel();
    return stream.events.map(({ attributes }) => JSON.stringify(attributes?.['ce-sequenceid']));
  }

  it('repeat-events: one comes twice, the same', async () => {
    const [applied, again, available] = await eventsUnder({ kind: 'repeat-events', channel: 'grpc', count: 1 });
    expect(again).toBe(applied);
    expect(available).not.toBe(applied);
  });

  it('reorder-events: one comes after the next', async () => {
    const [available, applied] = await eventsUnder({ kind: 'reorder-events', channel: 'grpc', count: 1 });
    expect([applied, available].toSorted()).toEqual([applied, available]);
    expect(applied).not.toBe(available);
  });
});

describe('faults on HTTP', () => {
  it.each<[Fault, number | 'no answer']>([
    [{ kind: 'status', channel: 'http', status: 503, count: 2 }, 503],
    [{ kind: 'reset', channel: 'http', count: 2 }, 'no answer'],
    [{ kind: 'refuse', channel: 'http', count: 2 }, 'no answer'],
    [{ kind: 'drop-answer', channel: 'both', count: 2 }, 'no answer'],
  ])('%o strikes so often and no more', async (fault, expected) => {
    const { standIn } = await start();
    standIn.setFault(fault);
    expect(await status(standIn, bundle)).toBe(expected);
    expect(await status(standIn, bundle)).toBe(expected);
    expect(await status(standIn, bundle)).toBe(200);
  });

  it('delay: the answer comes after that time', async () => {
    const { standIn } = await start();
    standIn.setFault({ kind: 'delay', channel: 'http', ms: 120, count: 1 });
    const began = performance.now();
    expect(await status(standIn, bundle)).toBe(200);
    expect(performance.now() - began).toBeGreaterThan(100);
  });

  it('asks for single fields end without an answer', async () => {
    const { standIn } = await start();
    expect(await status(standIn, `${bundle}?fields=id`)).toBe('no answer');
  });
});

describe('the control API', () => {
  const control = async (
    standIn: StandIn,
    method: string,
    path: string,
    body?: object | string,
  ): Promise<[number, unknown]> => {
    const answer = await fetch(`${standIn.httpEndpoint}/api/standin/v1/${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return [answer.status, await answer.json()];
  };

  it('steers agents and faults, and no fault strikes it', async () => {
    const { standIn, client } = await start();
    expect(await control(standIn, 'PUT', 'faults', { kind: 'refuse', channel: 'both' })).toEqual([
      200,
      [{ kind: 'refuse', channel: 'both' }],
    ]);
    expect(await status(standIn, bundle)).toBe('no answer');
    expect(await control(standIn, 'DELETE', 'faults')).toEqual([200, []]);
    expect(await status(standIn, bundle)).toBe(200);
    const [, patched] = await control(standIn, 'PATCH', 'agents/c1', { online: false, statusSyncMs: 50 });
    expect(patched).toMatchObject({ online: false, statusSyncMs: 50, delayMs: 20 });
    const again = new BareClient(standIn.grpcEndpoint);
    open.push(again);
    client.close();
    expect(await again.publish(create('w1'))).toEqual({ code: 0, message: '' });
    expect(await control(standIn, 'GET', 'publishes')).toEqual([
      200,
      [expect.objectContaining({ id: 'w1', version: 0, source: 'maestro-cli' })],
    ]);
    expect(await control(standIn, 'GET', 'agents/c1/objects')).toEqual([200, []]);
    expect(await control(standIn, 'GET', 'agents/c1/losses')).toEqual([200, []]);
  });

  it.each<[string, string, object | string, string]>([
    ['PATCH', 'agents/c1', { onlin: false }, 'unknown member onlin'],
    ['PATCH', 'agents/c1', { delayMs: '1' }, 'delayMs has the wrong type'],
    ['PATCH', 'agents/c1', { delayMs: -1 }, 'delayMs must not be negative'],
    ['PUT', 'faults', { kind: 'nonsense' }, 'kind must be one of'],
    ['PUT', 'faults', { kind: 'delay' }, 'ms must be a number'],
    ['PUT', 'faults', '[]', 'the body must be a JSON object'],
    ['PUT', 'faults', '{', 'the body must be a JSON object'],
  ])('%s %s %o is refused', async (method, path, body, message) => {
    const { standIn } = await start();
    const [code, answer] = await control(standIn, method, path, body);
    expect(code).toBe(400);
    expect((answer as { error: string }).error).toContain(message);
  });
});

describe('close', () => {
  it('ends with streams, timers and faults open, and frees the ports', async () => {
    const { standIn, client } = await start({ heartbeatMs: 20 });
    const stream = client.subscribe('maestro-cli');
    await stream.headers;
    await client.publish(create('w1'));
    await standIn.close();
    expect((await stream.ended).code).toBe(14);
    const [, grpcPort] = standIn.grpcEndpoint.split(':');
    const next = await startStandIn({
      grpcPort: Number(grpcPort),
      httpPort: Number(new URL(standIn.httpEndpoint).port),
    });
    expect(next.grpcEndpoint).toBe(standIn.grpcEndpoint);
    await next.close();
    // Clearing faults on a closed stand-in must not open its port again.
    next.setFault({ kind: 'refuse', channel: 'grpc' });
    next.clearFaults();
    const late = new BareClient(next.grpcEndpoint);
    open.push(late);
    expect((await late.publish(create('w1'))).code).toBe(14);
  });

  it('says which port is taken', async () => {
    const { standIn } = await start();
    const port = Number(standIn.grpcEndpoint.split(':')[1]);
    await expect(startStandIn({ grpcPort: port })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${String(port)}: EADDRINUSE`,
    );
  });
});
