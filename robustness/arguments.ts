import { join } from 'node:path';
import { families } from './families.ts';
import { checkNames, parseFlags, positive, UsageError, wholeNumber } from './flags.ts';
import type { RealOptions } from './world/real/maestro.ts';

const ours = join(import.meta.dirname, '../bin/maestro-cli');

export const usage = `npm run robustness -- [flags]

Runs random programs of clients while things go wrong, and holds them against what was stored.

  --minutes N       how long (1); more than 0
  --seed N          of the programs; by chance, and printed
  --parallel N      so many searches at once (1), each with its own seed
  --family NAME     programs of one family, more than once; all of ${families.map(({ name }) => name).join(', ')} by default
  --clients N       of a program, at the most (3)
  --steps N         of each client, at the most (5)
  --program FILE    runs the program of a file that a failed run wrote
  --times N         so often, or until it shows a violation again (1)
  --client FILE     the executable that clients run, of a checkout that is built (bin/maestro-cli)
  --server FILE     the executable whose "dev" is the server (bin/maestro-cli)
  --maestro-http URL, --maestro-grpc HOST:PORT, --maestro-db URL, --kubeconfig CONSUMER=FILE,
  --stop-server, --start-server, --stop-agent, --start-agent COMMAND
                    a real Maestro in place of stand-ins; see robustness/README.md

Ends with 0 when nothing was violated, 1 when something was, 2 for a mistake in a flag, 3 when the suite itself failed.`;

export interface Arguments {
  readonly help: boolean;
  readonly minutes: number;
  readonly seed: number;
  readonly parallel: number;
  readonly clients: number;
  readonly steps: number;
  readonly times: number;
  /** Undefined when none was named. */
  readonly families: readonly string[] | undefined;
  readonly program: string | undefined;
  readonly client: string;
  readonly server: string;
  readonly real: RealOptions | undefined;
}

const options = {
  help: { type: 'boolean', default: false },
  minutes: { type: 'string', default: '1' },
  seed: { type: 'string' },
  parallel: { type: 'string', default: '1' },
  clients: { type: 'string', default: '3' },
  steps: { type: 'string', default: '5' },
  times: { type: 'string', default: '1' },
  family: { type: 'string', multiple: true },
  program: { type: 'string' },
  client: { type: 'string', default: ours },
  server: { type: 'string', default: ours },
  'maestro-http': { type: 'string' },
  'maestro-grpc': { type: 'string' },
  'maestro-db': { type: 'string' },
  kubeconfig: { type: 'string', multiple: true },
  'stop-server': { type: 'string' },
  'start-server': { type: 'string' },
  'stop-agent': { type: 'string' },
  'start-agent': { type: 'string' },
} as const;

type Values = ReturnType<typeof parseFlags<typeof options>>;

/** @throws UsageError that names the flag and what is wrong with it */
export function parseArguments(argv: readonly string[]): Arguments {
  const values = parseFlags(argv, options);
  const real = realOf(values);
  const { help, family, program, client, server } = values;
  const parallel = wholeNumber('--parallel', values.parallel, 1);
  if (real !== undefined && parallel > 1)
    throw new UsageError('programs share the agents of a real Maestro, so --parallel must be 1');
  checkFamilies(family, real !== undefined);
  const minutes = positive('--minutes', values.minutes);
  return {
    ...{ help, minutes, parallel, program, client, server, real },
    families: family,
    seed: wholeNumber('--seed', values.seed ?? String(Math.floor(Math.random() * 2 ** 31)), 0),
    clients: wholeNumber('--clients', values.clients, 1),
    steps: wholeNumber('--steps', values.steps, 1),
    times: wholeNumber('--times', values.times, 1),
  };
}

function checkFamilies(named: readonly string[] | undefined, onRealServer: boolean): void {
  const possible = families.filter((family) => !onRealServer || family.onRealServer).map(({ name }) => name);
  checkNames(named, possible, { what: 'family', where: onRealServer ? ' that can run against a real Maestro' : '' });
}

/** Undefined when programs run against stand-ins. */
function realOf(values: Values): RealOptions | undefined {
  const { 'maestro-http': http, 'maestro-grpc': grpc, 'maestro-db': database, kubeconfig = [], client } = values;
  const { 'stop-server': stopServer, 'start-server': startServer } = values;
  const { 'stop-agent': stopAgent, 'start-agent': startAgent } = values;
  const given = [http, grpc, database, ...kubeconfig, stopServer, startServer, stopAgent, startAgent];
  if (given.every((one) => one === undefined)) return undefined;
  if (http === undefined || grpc === undefined || database === undefined || kubeconfig.length === 0)
    throw new UsageError('a real Maestro needs --maestro-http, --maestro-grpc, --maestro-db and --kubeconfig');
  const notAFile = kubeconfig.find((one) => !/^[^=]+=./.test(one));
  if (notAFile !== undefined) throw new UsageError(`--kubeconfig is ${JSON.stringify(notAFile)}; give CONSUMER=FILE`);
  return {
    ...{ http, grpc, database, kubeconfigs: kubeconfig, client },
    commands: {
      ...(stopServer === undefined ? {} : { stopServer }),
      ...(startServer === undefined ? {} : { startServer }),
      ...(stopAgent === undefined ? {} : { stopAgent }),
      ...(startAgent === undefined ? {} : { startAgent }),
    },
  };
}
