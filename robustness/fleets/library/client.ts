/**
 * A process that uses the built library by its public exports, as a program of somebody else does: does one step, and
 * prints what the library told of it as JSON, in the form in which the command prints works.
 *
 *   node client.ts '{"step": …, "mark": "c0s0", "timeoutMs": 8000}'
 */
import {
  createMaestroClient,
  MaestroError,
  stateOf,
  type MaestroClient,
  type ManifestWorkInput,
} from '@openshift-hyperfleet/maestro-cli';
import type { Told, ToldChange, ToldError, ToldWork } from '../history/history.ts';
import type { PlainStep } from '../program/command-line.ts';
import type { FleetTarget, RollOutStep } from '../program/steps.ts';

interface Asked {
  readonly step: PlainStep;
  readonly mark: string;
  readonly timeoutMs: number;
}

type OneOf<Kind extends PlainStep['kind']> = Extract<PlainStep, { readonly kind: Kind }>;

const stopping = new AbortController();
const { signal } = stopping;
for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stopping.abort(new Error(name)));

const { step, mark, timeoutMs } = JSON.parse(process.argv[2] ?? '') as Asked;
const { told, exitCode } = await answered();
process.exitCode = exitCode;
process.stdout.write(JSON.stringify(told));

interface Answer {
  readonly told: Told;
  readonly exitCode: number;
}

async function answered(): Promise<Answer> {
  try {
    await using maestro = await createMaestroClient({
      grpcEndpoint: process.env['MAESTRO_GRPC_ENDPOINT'] ?? '',
      httpEndpoint: process.env['MAESTRO_HTTP_ENDPOINT'] ?? '',
      source: step.source,
      ...keys(),
    });
    switch (step.kind) {
      case 'roll-out':
        return await rollOut(maestro, step);
      case 'watch':
        return await watch(maestro, step);
      case 'delete':
      case 'wait':
        return await each(step, (consumer) => deleteOrWait(maestro, step, consumer));
    }
  } catch (caught) {
    return { told: { works: [], error: errorOf(caught) }, exitCode: errorOf(caught).exitCode ?? 70 };
  }
}

/** The files by which it proves who it is, where the server asks for that. */
function keys(): Partial<Parameters<typeof createMaestroClient>[0]> {
  const {
    MAESTRO_GRPC_SERVER_CA_FILE: caFile,
    MAESTRO_GRPC_CLIENT_CERT: clientCertFile,
    MAESTRO_GRPC_CLIENT_KEY: clientKeyFile,
    MAESTRO_GRPC_TOKEN_FILE: file,
  } = process.env;
  if (caFile === undefined) return {};
  const pair = clientCertFile === undefined || clientKeyFile === undefined ? {} : { clientCertFile, clientKeyFile };
  return { grpcTls: { caFile, ...pair }, ...(file === undefined ? {} : { grpcToken: { file } }) };
}

async function rollOut(maestro: MaestroClient, asked: RollOutStep): Promise<Answer> {
  const works: ToldWork[] = [];
  const { manager, consumers, canary, waves, maxFailures, how, wait, stream } = asked;
  const result = await maestro.rollOut(
    {
      works: ({ name }) => workFor(name, asked),
      consumers: [...consumers],
      strategy: { canary, ...(waves > 0 ? { waves } : {}), ...(maxFailures > 0 ? { maxFailures } : {}) },
      manager,
      ...(how === 'plain' ? {} : { merge: true, conflictRetries: 3 }),
      force: how === 'force',
      ...(wait ? { wait: 'Applied' } : {}),
    },
    {
      signal,
      timeoutMs,
      ...(stream && (wait || canary > 0) ? { via: 'stream' } : {}),
      onEvent: (event) => {
        if (event.kind !== 'outcome') return;
        const { manifestWorkName: name, ...outcome } = event.outcome;
        works.push({ ...outcome, name });
      },
    },
  );
  const { ok, exitCode: ended, notBegun, error } = result;
  const told = { ok, exitCode: ended, works: result.works, notBegun: notBegun.length };
  return {
    told: { works, rollOut: told, ...(error === undefined ? {} : { error: errorOf(error) }) },
    exitCode: ended,
  };
}

function workFor(consumer: string, { work, objects, template, manager }: RollOutStep): ManifestWorkInput {
  return {
    name: work,
    manifests: objects.map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'default' },
      data: { call: template ? `${mark}@${consumer}` : mark, manager },
    })),
  };
}

/** All clusters at once, over one client. */
async function each(
  { work, consumers }: FleetTarget,
  run: (consumer: string) => Promise<Partial<ToldWork>>,
): Promise<Answer> {
  const errors: ToldError[] = [];
  const works = await Promise.all(
    consumers.map(async (consumer): Promise<ToldWork> => {
      const about = { name: work, consumer, reason: '', message: '' };
      try {
        return { ...about, exitCode: 0, phase: 'Applied', ...(await run(consumer)) };
      } catch (caught) {
        const error = errorOf(caught);
        errors.push(error);
        const { message, reason = '', exitCode: code = 70 } = error;
        return { ...about, exitCode: code, phase: 'Failed', reason, message };
      }
    }),
  );
  const codes = [...new Set(errors.map(({ exitCode: code }) => code ?? 70))];
  const [error] = errors;
  const told = { works, ...(error === undefined ? {} : { error }) };
  return { told, exitCode: codes.length > 1 ? 7 : (codes[0] ?? 0) };
}

async function deleteOrWait(
  maestro: MaestroClient,
  asked: OneOf<'delete'> | OneOf<'wait'>,
  consumer: string,
): Promise<Partial<ToldWork>> {
  const { work, stream, manager } = asked;
  const options = { signal, timeoutMs };
  const via = stream ? ({ via: 'stream' } as const) : {};
  if (asked.kind === 'wait') {
    const bundle = await maestro.works(consumer).wait(work, 'Applied', { ...options, ...via });
    return bundle === undefined ? {} : { id: bundle.id, version: bundle.version };
  }
  const { force, wait } = asked;
  const done = await maestro.works(consumer).delete(work, { ...options, force, manager, wait, ...(wait ? via : {}) });
  return { operation: done, phase: done === 'requested' ? 'InProgress' : 'Applied' };
}

async function watch(maestro: MaestroClient, { lastsMs, onceLive = false }: OneOf<'watch'>): Promise<Answer> {
  const changes: ToldChange[] = [];
  await using watching = maestro.watch({ signal });
  const closeAfter = (ms: number): NodeJS.Timeout => setTimeout(() => void watching.close(), ms);
  let isLive = !onceLive;
  let closing = closeAfter(isLive ? lastsMs : timeoutMs);
  maestro.onState((state) => {
    if (isLive || state !== 'live') return;
    isLive = true;
    // The process would live on until that time.
    clearTimeout(closing);
    closing = closeAfter(lastsMs);
  });
  for await (const change of watching) {
    const { kind, id, consumer, name, version, status } = change;
    const reported = status?.observedVersion;
    changes.push({
      ...{ kind, id, consumer, name, version, state: stateOf(change).kind },
      ...(reported === undefined ? {} : { reported }),
    });
  }
  clearTimeout(closing);
  if (isLive) return { told: { works: [], changes }, exitCode: 0 };
  const error = errorOf(new MaestroError('timeout', `the watch was not live within ${String(timeoutMs)} ms`));
  return { told: { works: [], changes, error }, exitCode: error.exitCode ?? 70 };
}

function errorOf(caught: unknown): ToldError {
  if (!(caught instanceof MaestroError)) return { ours: false, message: String(caught) };
  const { code, reason, exitCode: ends, retryable, delivery, message } = caught;
  return {
    ...{ ours: true, code, reason, exitCode: ends, retryable, message },
    ...(delivery === undefined ? {} : { delivery }),
  };
}
