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

/** Whole processes of two commands, run in turn so that a change of the machine's pace meets both. */
export interface Pair {
  readonly name: string;
  readonly own: readonly Run[];
  readonly yardstick: readonly Run[];
}

/**
 * Runs a command under GNU time, which reads the kernel's own accounting.
 * Throws when the command fails: the time of a failure says nothing.
 */
export async function measure(command: readonly string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Run> {
  const startMs = performance.now();
  const child = spawn('/usr/bin/time', ['-f', '%U %S %M', ...command], {
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
  const [user = NaN, system = NaN, peak = NaN] = (text.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpuMs: (user + system) * 1000, wallMs, peakMiB: peak / 1024 };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** One row of a Markdown table. The ratio is the median of the ratios pair by pair. */
export function row({ name, own, yardstick }: Pair): string {
  const ratios = own.map((run, index) => run.cpuMs / (yardstick[index]?.cpuMs ?? NaN));
  const of = (key: keyof Run): string => median(own.map((run) => run[key])).toFixed(key === 'peakMiB' ? 1 : 0);
  return `| ${name} | ${median(ratios).toFixed(2)} | ${of('cpuMs')} | ${of('wallMs')} | ${of('peakMiB')} |`;
}

export const header = '| command | CPU ÷ empty script | CPU ms | wall ms | peak MiB |\n|---|---|---|---|---|';

/** What the figures were measured on. */
export function machine(): string {
  const cpus = readFileSync('/proc/cpuinfo', 'utf8').match(/^model name.*$/gm) ?? [];
  return `${cpus.length} × ${cpus[0]?.replace(/^.*: /, '') ?? 'unknown processor'}, ${process.platform}-${process.arch}, Node ${process.versions.node}`;
}
