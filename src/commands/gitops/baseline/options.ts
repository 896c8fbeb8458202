import type { ParseInput } from '../../../command-line/command-spec.ts';
import { waitTimeoutMs, type ConnectionOptions } from '../../../command-line/connection-options.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { present } from '../../../core/present.ts';
import { MaestroError } from '../../../errors.ts';
import { hubConnectionOptions, type FleetStateOptions } from '../shared/fleet-state-options.ts';

export const baselineOutputs = ['text', 'json'] as const;

export interface BaselineCommandOptions extends ConnectionOptions, Pick<FleetStateOptions, 'hub' | 'hubId'> {
  /** File to write. */
  readonly out?: string;
  /** File of an earlier run. */
  readonly compare?: string;
  readonly metricsUrls: readonly string[];
  readonly forMs?: number;
  readonly output: (typeof baselineOutputs)[number];
}

/** @throws MaestroError usage, before anything is read or sent */
export function parseGitopsBaseline(input: ParseInput): BaselineCommandOptions {
  const flags = flagReader(input);
  const metricsUrls = [...new Set(flags.list('metricsUrl'))];
  // It would stand in messages and in the file, and no request is made of such a URL.
  if (metricsUrls.some((url) => hasCredentials(url)))
    throw new MaestroError('usage', '--metrics-url takes no user and password: the metrics are served without');
  const wrong = metricsUrls.find((url) => !/^https?:\/\/[^/\s]+/.test(url) || !URL.canParse(url));
  if (wrong !== undefined)
    throw new MaestroError('usage', `--metrics-url takes http://host:port/metrics, not ${JSON.stringify(wrong)}`);
  const forMs = flags.durationMs('for');
  if (forMs !== undefined && metricsUrls.length === 0)
    throw new MaestroError('usage', '--for is how long --metrics-url is looked at');
  if (forMs !== undefined && forMs < 1_000) throw new MaestroError('usage', '--for must be at least 1s');
  return {
    // The window is no time in which anything has to be done.
    ...hubConnectionOptions(input, waitTimeoutMs + (forMs ?? 0)),
    ...present({ out: flags.text('out'), compare: flags.text('compare'), forMs }),
    metricsUrls,
    output: flags.output(baselineOutputs),
  };
}

function hasCredentials(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  return username !== '' || password !== '';
}
