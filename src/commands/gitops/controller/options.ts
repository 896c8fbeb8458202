import { hubConnection } from '../../shared/hub-connection.ts';
import { present } from '../../../core/present.ts';
import { callTimeoutMs, connectionOptions, layeredReader } from '../../../command-line/connection-options.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagName, flagReader, type FlagReader } from '../../../command-line/flag-values.ts';
import { logOptions } from '../../../command-line/log-options.ts';
import { parseDuration } from '../../../core/duration.ts';
import { unknownValue } from '../../../core/works/did-you-mean.ts';
import { MaestroError } from '../../../errors.ts';
import type { ElectionOptions } from '../../../gitops/kube/lease-election.ts';
import { logLevels, type ControllerLogOptions } from '../../../gitops/run/log.ts';
import { dnsName, goSource, hubIdOption, leaseNameOption, nameOption, standardNamespace } from '../shared/hub-flags.ts';
import { defaultPublishes } from '../../../operations/fleet/publish-limits.ts';
import type { ControllerSettings, Controllers, GcBrake, ListenAddress } from '../../../gitops/run/settings.ts';

export interface GitopsControllerOptions {
  readonly settings: ControllerSettings;
  readonly log: ControllerLogOptions;
}

/** Inside the 30 s that a pod has by default, with time left for the process to end. */
const shutdownMs = 20_000;

/** @throws MaestroError usage, before anything is read or sent */
export function parseGitopsController(input: ParseInput): GitopsControllerOptions {
  const flags = flagReader(input);
  const { settings: maestro, timeoutMs } = connectionOptions(input, callTimeoutMs);
  const ownNamespace = dnsName(flags.text('leaseNamespace', 'POD_NAMESPACE') ?? standardNamespace, '--lease-namespace');
  const election = electionSettings(input, flags, ownNamespace);
  const hubId = hubIdOption(flags);
  const noise = neverOrDuration(flags, 'noise', undefined);
  return {
    log: controllerLog(input),
    settings: {
      controllers: controllers(flags.text('controllers', 'MAESTRO_GITOPS_CONTROLLERS')),
      hub: hubConnection(flags),
      maestro,
      sourceId: layeredReader(input).text('sourceId', 'MAESTRO_SOURCE_ID') ?? goSource,
      ...present({
        hubId,
        election,
        healthAddress: address(flags, 'healthAddress', { host: '', port: 8081 }),
        metricsAddress: address(flags, 'metricsAddress', { host: '', port: 8386 }),
        staleAfterMs: neverOrDuration(flags, 'staleAfter', 600_000),
        classicWorksIntervalMs: neverOrDuration(flags, 'classicWorksInterval', 600_000),
      }),
      callTimeoutMs: timeoutMs,
      maxConcurrency: atMost(flags, 'maxConcurrency', defaultPublishes, 1024),
      hubWritesPerSecond: atMost(flags, 'hubWritesPerSecond', 200, 10_000),
      setReports: flags.oneOf('appsetReport', ['auto', 'always', 'never']) ?? 'auto',
      statusMode: flags.oneOf('statusMode', ['full', 'summary']) ?? 'full',
      deletion: {
        policy: flags.oneOf('deletionPolicy', ['confirmed', 'requested']) ?? 'confirmed',
        fallbackMs: positive(flags, 'deletionFallback', 600_000),
      },
      noise: noise === undefined ? 'never' : { everyMs: noise },
      gc: {
        ...present({ intervalMs: neverOrDuration(flags, 'gcInterval', 600_000) }),
        brake: gcBrake(flags.text('gcBrake') ?? '1%'),
        overrideBrake: flags.on('gcOverrideBrake'),
      },
      deliverNamespace: flags.on('deliverNamespace'),
      deliverProject: flags.on('deliverProject'),
      allowedTargetNamespaces: allowedNamespaces(flags.list('allowedTargetNamespaces')),
      authorisation: flags.oneOf('authorisation', ['placement', 'none']) ?? 'placement',
      allowClassicCoexistence: flags.on('allowClassicCoexistence'),
      classicNamespace: nameOption(flags, 'classicNamespace', standardNamespace),
      ownNamespace,
      resyncIntervalMs: atLeast(flags, 'resyncInterval', 2_700_000, 60_000),
      shutdownMs,
    },
  };
}

/** A controller is read by machines first, so its logs are JSON unless somebody asks. */
function controllerLog(input: ParseInput): ControllerLogOptions {
  const { verbose, quiet } = logOptions(input);
  const named = input.env['LOG_LEVEL']?.trim().toLowerCase();
  const level = logLevels.find((known) => known === named) ?? 'info';
  return {
    level: quiet ? 'error' : verbose && level !== 'trace' ? 'debug' : level,
    format: flagReader(input).oneOf('logFormat', ['text', 'json'], 'LOG_FORMAT') ?? 'json',
  };
}

/** What may run. */
export const controllerNames: readonly string[] = ['propagation', 'aggregation'];

function controllers(text = controllerNames.join(',')): Controllers {
  const names = words(text);
  const unknown = names.find((name) => !controllerNames.includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw unknownValue('--controllers', unknown ?? text, controllerNames);
  }
  return { propagation: names.includes('propagation'), aggregation: names.includes('aggregation') };
}

function electionSettings(input: ParseInput, flags: FlagReader, namespace: string): ElectionOptions | undefined {
  const name = leaseNameOption(flags);
  const leaseMs = positive(flags, 'leaseDuration', 15_000);
  const renewMs = positive(flags, 'renewDeadline', 10_000);
  const retryMs = positive(flags, 'retryPeriod', 2_000);
  if (leaseMs < 1000)
    throw new MaestroError('usage', '--lease-duration must be at least 1s: a Lease counts in seconds');
  // As client-go demands it: a leader must have stopped before another may start, and have several tries until then.
  if (leaseMs <= renewMs) throw new MaestroError('usage', '--lease-duration must be more than --renew-deadline');
  if (renewMs <= retryMs * 1.2)
    throw new MaestroError('usage', '--renew-deadline must be more than 1.2 times --retry-period');
  if (!flags.unlessFalse('leaderElect')) return undefined;
  return {
    namespace,
    name,
    identity: input.env['POD_NAME'] ?? input.env['HOSTNAME'] ?? 'maestro-cli',
    leaseMs,
    renewMs,
    retryMs,
  };
}

/**
 * Reads `:8081`, `127.0.0.1:8081`, `[::1]:8081`, `8081` and `none`.
 * @throws MaestroError usage
 */
function address(flags: FlagReader, name: string, standard: ListenAddress): ListenAddress | undefined {
  const text = flags.text(name);
  if (text === undefined) return standard;
  if (text === 'none') return undefined;
  const match = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new MaestroError('usage', `${flagName(name)} takes [host]:port or none, not ${JSON.stringify(text)}`, {
      hint: 'Write it like :8081 or 127.0.0.1:8081.',
    });
  }
  return { host: match[1] ?? match[2] ?? '', port };
}

/** @throws MaestroError usage */
function gcBrake(text: string): GcBrake {
  const share = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text)?.[1];
  if (share !== undefined && Number(share) > 0 && Number(share) <= 100)
    return { kind: 'share', share: Number(share) / 100 };
  if (/^\d{1,9}$/.test(text)) return { kind: 'count', count: Number(text) };
  throw new MaestroError('usage', `--gc-brake takes a whole number or a share such as 1%, not ${JSON.stringify(text)}`);
}

function allowedNamespaces(given: readonly string[]): '*' | readonly string[] {
  const names = [...new Set(given.flatMap((text) => words(text)))];
  if (given.length > 0 && names.length === 0)
    throw new MaestroError('usage', '--allowed-target-namespaces is empty', { hint: 'Name namespaces, or * for any.' });
  if (names.length === 0 || (names.length === 1 && names[0] === '*')) return '*';
  if (names.includes('*'))
    throw new MaestroError('usage', '--allowed-target-namespaces names * beside others', {
      hint: 'Leave out one or the other.',
    });
  return names.map((name) => dnsName(name, '--allowed-target-namespaces'));
}

function words(text: string): readonly string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

/** undefined is never. */
function neverOrDuration(flags: FlagReader, name: string, standard: number | undefined): number | undefined {
  const text = flags.text(name);
  if (text === undefined) return standard;
  if (text === 'never') return undefined;
  let ms: number;
  try {
    ms = parseDuration(text);
  } catch (error) {
    throw new MaestroError('usage', `${flagName(name)}: ${MaestroError.from(error).message}`, {
      hint: 'Write never, or a duration like 90s or 10m.',
      cause: error,
    });
  }
  if (ms < 1000) throw new MaestroError('usage', `${flagName(name)} must be never, or at least 1s`);
  return ms;
}

function positive(flags: FlagReader, name: string, standard: number): number {
  const ms = flags.durationMs(name) ?? standard;
  if (ms <= 0) throw new MaestroError('usage', `${flagName(name)} must be more than 0`);
  return ms;
}

function atLeast(flags: FlagReader, name: string, standard: number, leastMs: number): number {
  const ms = flags.durationMs(name) ?? standard;
  if (ms < leastMs) throw new MaestroError('usage', `${flagName(name)} must be at least ${leastMs / 1000}s`);
  return ms;
}

function atMost(flags: FlagReader, name: string, standard: number, most: number): number {
  const value = flags.wholeNumber(name, 1) ?? standard;
  if (value > most) throw new MaestroError('usage', `${flagName(name)} can be at most ${most}, not ${value}`);
  return value;
}
