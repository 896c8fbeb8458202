import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { logOptions, type LogOptions } from '../../command-line/log-options.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { StandInOptions } from '../../standin/options.ts';

export interface DevOptions {
  readonly standIn: StandInOptions;
  readonly log: LogOptions;
}

export const devCommand: CommandSpec<DevOptions> = {
  name: 'dev',
  summary: 'a local stand-in for Maestro with simulated agents',
  description:
    'Serves the REST and gRPC interfaces of a Maestro server with simulated agents, for trying, testing and CI. It is no Maestro: nothing reaches a cluster. Its clusters refuse scopes, names, keys, versions and changes of immutable fields that a real one refuses, and look at no other fields. It is steered in JSON over HTTP, below /api/standin/v1/: GET agents and GET agents/CONSUMER show how agents behave, PATCH agents/CONSUMER changes it (online, delayMs, availableDelayMs, failManifests, unavailableManifests, feedback, statusSyncMs, deleteDelayMs); GET agents/CONSUMER/objects shows what stands on the cluster; PUT faults adds a fault (kind: refuse, reset, delay, drop-answer, half-open or status; channel: grpc, http or both; count, ms, status, message), GET faults shows them and DELETE faults ends them; GET publishes shows what was written. For example: curl -X PATCH -d \'{"online": false}\' http://localhost:8000/api/standin/v1/agents/c1',
  examples: [
    { about: 'A stand-in with two clusters', command: 'maestro-cli dev --consumers c1,c2' },
    {
      about: 'Kept in a file, with mutual TLS',
      command: 'maestro-cli dev --consumers c1 --data dev.db \\\n    --access mtls --access-dir ./certs',
    },
  ],
  exitCodes: [ExitCode.Done, ExitCode.Usage, ExitCode.Unavailable, ExitCode.Internal],
  flags: [
    { flags: '--http-port <port>', about: 'REST port, 0 for any', defaultText: '8000' },
    { flags: '--grpc-port <port>', about: 'gRPC port, 0 for any', defaultText: '8090' },
    { flags: '--host <address>', about: 'address to listen on', defaultText: '127.0.0.1' },
    { flags: '--consumers <names>', about: 'target clusters, separated by commas; repeatable', repeat: true },
    { flags: '--data <file>', about: 'keep everything in this file; in memory without it' },
    { flags: '--agent-delay <duration>', about: 'how long agents take to apply', defaultText: '50ms' },
    { flags: '--offline <consumer>', about: 'a consumer whose agent does nothing; repeatable', repeat: true },
    {
      flags: '--fail <consumer=manifest>',
      about: 'a manifest (Kind[.group]/[namespace/]name) that a consumer fails to apply; repeatable',
      repeat: true,
    },
    { flags: '--access <mode>', about: 'plaintext, tls, mtls or token', defaultText: 'plaintext' },
    { flags: '--access-dir <directory>', about: 'where certificates and tokens are written' },
    {
      flags: '--db-connections <n>',
      about: 'open connections to its database; an update holds one and takes another',
      defaultText: '50',
    },
    {
      flags: '--db-delay <duration>',
      about: 'how long each statement of the database takes; without it nobody waits for a connection',
      defaultText: '0s',
    },
    { flags: '--heartbeat <duration>', about: 'interval of heartbeats on the stream', defaultText: '10s' },
  ],
  hasOutcome: false,
  offline: true,
  parse: (input) => parseDev(input),
  load: () => import('./run.ts'),
};

function parseDev(input: ParseInput): DevOptions {
  const flags = flagReader(input);
  const consumers = flags
    .list('consumers')
    .flatMap((text) => text.split(','))
    .filter((name) => name !== '');
  const mode = flags.oneOf('access', ['plaintext', 'tls', 'mtls', 'token']) ?? 'plaintext';
  const directory = flags.text('accessDir');
  if (mode !== 'plaintext' && directory === undefined) {
    throw new MaestroError('usage', `--access=${mode} makes certificates and needs a place for them`, {
      hint: 'Give --access-dir.',
    });
  }
  const dataFile = flags.text('data');
  const delayMs = flags.durationMs('agentDelay');
  const heartbeatMs = flags.durationMs('heartbeat');
  const connections = flags.wholeNumber('dbConnections', 2);
  const statementMs = flags.durationMs('dbDelay');
  return {
    log: logOptions(input),
    standIn: {
      host: flags.text('host') ?? '127.0.0.1',
      httpPort: port(flags, 'httpPort', 8000),
      grpcPort: port(flags, 'grpcPort', 8090),
      consumers,
      ...(dataFile === undefined ? {} : { dataFile }),
      agent: delayMs === undefined ? {} : { delayMs },
      agents: agentBehaviours(flags, consumers),
      database: {
        ...(connections === undefined ? {} : { connections }),
        ...(statementMs === undefined ? {} : { statementMs }),
      },
      ...(heartbeatMs === undefined ? {} : { heartbeatMs }),
      ...(mode === 'plaintext' ? {} : { access: { mode, ...(directory === undefined ? {} : { directory }) } }),
    },
  };
}

function port(flags: FlagReader, name: string, standard: number): number {
  const value = flags.wholeNumber(name, 0) ?? standard;
  if (value > 65_535) throw new MaestroError('usage', `${value} is no port`);
  return value;
}

function agentBehaviours(flags: FlagReader, consumers: readonly string[]): StandInOptions['agents'] {
  const agents: Record<string, { online?: boolean; failManifests?: string[] }> = {};
  const agentOf = (consumer: string): { online?: boolean; failManifests?: string[] } => {
    if (!consumers.includes(consumer)) {
      throw new MaestroError('usage', `there is no consumer named ${consumer}`, { hint: 'Name it with --consumers.' });
    }
    return (agents[consumer] ??= {});
  };
  for (const consumer of flags.list('offline')) agentOf(consumer).online = false;
  for (const text of flags.list('fail')) {
    const at = text.indexOf('=');
    if (at < 1 || at === text.length - 1)
      throw new MaestroError('usage', `--fail takes consumer=manifest, not "${text}"`);
    const agent = agentOf(text.slice(0, at));
    agent.failManifests = [...(agent.failManifests ?? []), text.slice(at + 1)];
  }
  return agents;
}
