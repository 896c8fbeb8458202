import { present } from '../../core/present.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagName, flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { logOptions, type LogOptions } from '../../command-line/log-options.ts';
import { isDnsLabel } from '../../core/works/names.ts';
import { MaestroError } from '../../errors.ts';
import type { StandInOptions } from '../../standin/options.ts';

export interface DevOptions {
  readonly standIn: StandInOptions;
  readonly log: LogOptions;
}

export function parseDev(input: ParseInput): DevOptions {
  const flags = flagReader(input);
  const consumers = flags
    .list('consumers')
    .flatMap((text) => text.split(','))
    .filter((name) => name !== '');
  const wrong = consumers.find((name) => !isDnsLabel(name));
  if (wrong !== undefined)
    throw new MaestroError('usage', `--consumers: "${wrong}" is no consumer name: it must be a DNS label`);
  const mode = flags.oneOf('access', ['plaintext', 'tls', 'mtls', 'token']) ?? 'plaintext';
  const directory = flags.text('accessDir');
  if (mode !== 'plaintext' && directory === undefined) {
    throw new MaestroError('usage', `--access=${mode} makes certificates and needs a place for them`, {
      hint: 'Give --access-dir.',
    });
  }
  return {
    log: logOptions(input),
    standIn: {
      host: flags.text('host') ?? '127.0.0.1',
      httpPort: port(flags, 'httpPort', 8000),
      grpcPort: port(flags, 'grpcPort', 8090),
      consumers,
      ...present({ dataFile: flags.text('data'), heartbeatMs: flags.durationMs('heartbeat') }),
      agent: present({ delayMs: flags.durationMs('agentDelay') }),
      agents: agentBehaviours(flags, consumers),
      database: present({
        connections: flags.wholeNumber('dbConnections', 2),
        statementMs: flags.durationMs('dbDelay'),
      }),
      ...(mode === 'plaintext' ? {} : { access: { mode, ...present({ directory }) } }),
    },
  };
}

export function port(flags: FlagReader, name: string, standard: number): number {
  const value = flags.wholeNumber(name, 0) ?? standard;
  if (value > 65_535)
    throw new MaestroError('usage', `${flagName(name)}=${value} is no port`, {
      hint: 'Ports go from 0, for any, to 65535.',
    });
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
