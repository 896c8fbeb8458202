import type { CommandSpec } from '../../command-line/command-spec.ts';
import { localExitCodes } from '../../command-line/exit-codes.ts';
import { ExitCode } from '../../exit-code.ts';
import { type DevOptions, parseDev } from './options.ts';

export const devCommand: CommandSpec<DevOptions> = {
  name: 'dev',
  summary: 'a local stand-in for Maestro with simulated agents',
  description:
    'Serves the REST and gRPC interfaces of a Maestro server with simulated agents, for trying, testing and CI. It is no Maestro: nothing reaches a cluster. Its clusters refuse scopes, names, keys, versions and changes of immutable fields that a real one refuses, and look at no other fields. It is steered in JSON over HTTP, below /api/standin/v1/: GET agents and GET agents/CONSUMER show how agents behave, PATCH agents/CONSUMER changes it (online, delayMs, availableDelayMs, failManifests, unavailableManifests, feedback, statusSyncMs, deleteDelayMs, ownsUnchanged, reports: plain, repeated, out-of-order, old-conditions or jumping); GET agents/CONSUMER/objects shows what stands on the cluster, and GET agents/CONSUMER/losses which objects their last owner took along or left alone (removed, or not), the latest 1,000; PUT faults adds a fault (kind: refuse, reset, delay, drop-answer, half-open, status, repeat-events or reorder-events; channel: grpc, http or both; count, ms, status, message), GET faults shows them and DELETE faults ends them; GET publishes shows what was written; PUT keys makes new certificates and a new token in the files of --access-dir (takesAfterMs, refusesAfterMs: when the new ones are taken, and the old ones no longer), and GET keys shows whether old, both or new are taken. For example: curl -X PATCH -d \'{"online": false}\' http://localhost:8000/api/standin/v1/agents/c1',
  examples: [
    { about: 'A stand-in with two clusters', command: 'maestro-cli dev --consumers c1,c2' },
    {
      about: 'Kept in a file, with mutual TLS',
      command: 'maestro-cli dev --consumers c1 --data dev.db \\\n    --access mtls --access-dir ./certs',
    },
  ],
  exitCodes: [...localExitCodes, ExitCode.Unavailable],
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
    {
      flags: '--access <mode>',
      about: 'plaintext, tls, mtls or token',
      defaultText: 'plaintext',
      values: ['plaintext', 'tls', 'mtls', 'token'],
    },
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
  parse: parseDev,
  load: () => import('./run.ts'),
};
