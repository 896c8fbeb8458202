import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One whole process, from its start to its end. */
export interface Run {
  /** User and system time of the process and what it waited for, milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Largest resident set of one process, MiB. */
  readonly peakMiB: number;
}

/** Processor time by bash, in milliseconds; memory by GNU time, whose processor time has steps of ten. */
const timed = 'TIMEFORMAT="%3U %3S"; time /usr/bin/time -f %M "$@"';

/**
 * Runs a command under bash and GNU time, which read the kernel's own
 * accounting; they themselves take about a millisecond of it.
 * Throws when the command fails: the time of a failure says nothing.
 */
export async function measure(command: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Run> {
  const startMs = performance.now();
  const child = spawn('bash', ['-c', timed, 'bash', ...command], {
    cwd,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
  const exitCode = await new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const wallMs = performance.now() - startMs;
  if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with ${exitCode}: ${text}`);
  const [peak = NaN, user = NaN, system = NaN] = text.trim().split(/\s+/).slice(-3).map(Number);
  return { cpuMs: (user + system) * 1000, wallMs, peakMiB: peak / 1024 };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** What the figures were measured on. */
export function machine(): string {
  const cpus = readFileSync('/proc/cpuinfo', 'utf8').match(/^model name.*$/gm) ?? [];
  return `${cpus.length} × ${cpus[0]?.replace(/^.*: /, '') ?? 'unknown processor'}, ${process.platform}-${process.arch}, Node ${process.versions.node}`;
}
