import { isPlaintext, type Channel, type ConnectionSettings } from '../../clients/connection.ts';
import { errorText } from '../../clients/connect-fault.ts';
import { formatDuration } from '../../core/duration.ts';
import { MaestroError } from '../../errors.ts';
import { remainingMs, type Budget } from '../budget.ts';
import { checkClientCertificate, checkTls } from './certificates.ts';
import { fail, pass, skip, warn, type Check, type CheckName, type Finding } from './check.ts';
import { checkAgent, checkConsumer } from './consumer.ts';
import { endpointOf, explain, type Endpoint } from './endpoints.ts';
import { checkDns, checkProxy, checkTcp } from './network.ts';
import { askRest, rowsOf, type RestAnswer } from './rest.ts';
import { checkPublish, checkSubscribe } from './rights.ts';
import { checkSharedObjects } from './shared-objects.ts';
import { checkBearerToken } from './token.ts';

/** No single check takes longer. */
const longestCheckMs = 5_000;
/** Clocks that differ by more make tokens and certificates look expired or not yet valid. */
const toleratedSkewMs = 5_000;

export interface Examination {
  readonly settings: ConnectionSettings;
  readonly source: string;
  readonly consumer?: string;
  /** False: nothing is published or subscribed to. */
  readonly probe: boolean;
}

interface Step {
  readonly name: CheckName;
  /** Checks without which this one would only repeat their failure. */
  readonly needs: readonly CheckName[];
  /** Looks at what is here only, so it takes no time worth bounding. */
  readonly local?: boolean;
  readonly run: (signal: AbortSignal) => Finding | Promise<Finding>;
}

/**
 * Runs all checks, one after the other, each within five seconds and the
 * budget. A check whose ground has failed is skipped and says so.
 *
 * @throws the signal's reason when aborted; what a check meets is its finding
 */
export async function* examine(examination: Examination, budget: Budget): AsyncGenerator<Check> {
  const unusable = new Set<CheckName>();
  for (const { name, needs, local, run } of stepsOf(examination, budget)) {
    const missing = needs.filter((need) => unusable.has(need));
    let finding: Finding;
    if (missing.length > 0) {
      finding = skip(`not looked at, because of ${missing.join(' and ')}`);
      unusable.add(name);
    } else {
      finding = await bounded(
        run,
        budget,
        local === true ? longestCheckMs : Math.min(longestCheckMs, remainingMs(budget)),
      );
      if (finding.status === 'fail') unusable.add(name);
    }
    yield { name, ...finding };
  }
}

function stepsOf({ settings, source, consumer, probe }: Examination, budget: Budget): readonly Step[] {
  const { clock } = budget;
  const http = endpointOf(settings, 'http');
  const grpc = endpointOf(settings, 'grpc');
  const both = (
    part: 'proxy' | 'dns' | 'tcp' | 'certificate' | 'tls' | 'token',
    needs: readonly string[],
    run: (endpoint: Endpoint, signal: AbortSignal) => Finding | Promise<Finding>,
  ): Step[] =>
    [http, grpc].map((endpoint) => ({
      name: `${endpoint.channel}-${part}` as const,
      local: part === 'proxy' || part === 'certificate' || part === 'token',
      needs: needs.map((need) => `${endpoint.channel}-${need}` as CheckName),
      run: (signal) => run(endpoint, signal),
    }));
  const usable = (channel: Channel): readonly CheckName[] =>
    isPlaintext(settings, channel)
      ? [`${channel}-tcp`, `${channel}-token`]
      : [`${channel}-tcp`, `${channel}-tls`, `${channel}-token`];
  const ask =
    (signal: AbortSignal) =>
    async (path: string): Promise<RestAnswer> =>
      askRest(path, { endpoint: http, settings }, { clock, signal });
  let seen: RestAnswer | undefined;
  const rights = { settings, source };
  const unasked = skip('not looked at, because of --no-probe');
  return [
    ...both('proxy', [], (endpoint) => checkProxy(endpoint, settings)),
    ...both('dns', ['proxy'], async (endpoint) => checkDns(endpoint, settings)),
    ...both('tcp', ['dns'], async (endpoint, signal) => checkTcp(endpoint, settings, clock, signal)),
    ...both('certificate', [], (endpoint) => checkClientCertificate(endpoint, settings, clock.wallMs())),
    ...both('tls', ['tcp', 'certificate'], async (endpoint, signal) => checkTls(endpoint, settings, clock, signal)),
    ...both('token', [], (endpoint) => checkBearerToken(endpoint, settings, clock.wallMs())),
    {
      name: 'rest',
      needs: usable('http'),
      run: async (signal) => {
        seen = await restAnswer(ask(signal), http, signal);
        const total = Number(seen.body['total'] ?? 0);
        return pass(`${settings.httpEndpoint} answers as Maestro does, API v1; it tells no version of itself`, {
          api: 'v1',
          consumers: total,
        });
      },
    },
    {
      name: 'publish',
      needs: usable('grpc'),
      run: (signal) => (probe ? checkPublish(rights, { clock, signal }) : unasked),
    },
    {
      name: 'subscribe',
      needs: usable('grpc'),
      run: (signal) => (probe ? checkSubscribe(rights, { clock, signal }) : unasked),
    },
    {
      name: 'consumer',
      needs: consumer === undefined ? [] : ['rest'],
      run: (signal) =>
        consumer === undefined ? skip('none was named (--consumer)') : checkConsumer(consumer, ask(signal)),
    },
    {
      name: 'agent',
      needs: consumer === undefined ? [] : ['rest', 'consumer'],
      run: (signal) =>
        consumer === undefined
          ? skip('no consumer was named (--consumer)')
          : checkAgent(consumer, ask(signal), clock.wallMs()),
    },
    {
      name: 'objects',
      needs: consumer === undefined ? [] : ['rest', 'consumer'],
      run: (signal) =>
        consumer === undefined ? skip('no consumer was named (--consumer)') : checkSharedObjects(consumer, ask(signal)),
    },
    { name: 'clock', needs: ['rest'], local: true, run: () => judgeClock(seen) },
  ];
}

async function restAnswer(
  ask: (path: string) => Promise<RestAnswer>,
  http: Endpoint,
  signal: AbortSignal,
): Promise<RestAnswer> {
  try {
    const answer = await ask('/consumers?page=1&size=1');
    rowsOf(answer.body, 'ConsumerList', http.label);
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    throw explain(error, http, `no answer from REST at ${http.label}`);
  }
}

/** HTTP tells the server's time to the second, so up to one second is no difference. */
function judgeClock(answer: RestAnswer | undefined): Finding {
  if (answer?.serverMs === undefined) return skip('the server does not tell its time');
  const skewMs = Math.round(answer.ourMs - (answer.serverMs + 500));
  const details = { skewMs };
  if (Math.abs(skewMs) <= toleratedSkewMs) return pass('the clocks here and at the server agree', details);
  const direction = skewMs > 0 ? 'ahead of' : 'behind';
  return warn(
    `the clock here is ${formatDuration(Math.round(Math.abs(skewMs) / 1000) * 1000)} ${direction} the server's`,
    'Set the clocks by NTP; tokens and certificates look expired otherwise.',
    details,
  );
}

/** In less than this no check could be answered: what is left of a budget then says nothing of the server. */
const leastMs = 20;

/** Gives a check its time, and makes a finding of whatever escapes it. */
async function bounded(run: Step['run'], budget: Budget, limitMs: number): Promise<Finding> {
  budget.signal.throwIfAborted();
  if (limitMs < leastMs)
    return fail(new MaestroError('timeout', 'no time was left for this', { hint: 'Give more with --timeout.' }));
  const over = new MaestroError('unavailable', `no answer within ${formatDuration(limitMs)}`, {
    hint: 'Packets may be dropped on the way: check the address, NetworkPolicies and firewalls.',
  });
  const limit = new AbortController();
  const timer = new AbortController();
  const stop = (): void => limit.abort(budget.signal.reason);
  budget.signal.addEventListener('abort', stop, { once: true });
  const ended = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => reject(limit.signal.reason as Error), { once: true });
  });
  budget.clock.sleep(limitMs, timer.signal).then(
    () => limit.abort(over),
    () => undefined,
  );
  try {
    return await Promise.race([run(limit.signal), ended]);
  } catch (error) {
    budget.signal.throwIfAborted();
    if (error instanceof MaestroError) return fail(error);
    return fail(new MaestroError('unavailable', errorText(error), { cause: error }));
  } finally {
    budget.signal.removeEventListener('abort', stop);
    timer.abort();
    limit.abort(over);
    // Nobody waits for it any more.
    ended.catch(() => undefined);
  }
}
