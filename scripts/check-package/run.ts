import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export const { name: packageName } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name: string };

/** A Node first on the PATH, this one without a word, and of the tools of this clone none. */
export const plainPath = (node = process.execPath): string => `${dirname(node)}:/usr/local/bin:/usr/bin:/bin`;

/** Runs a program to its end and gives what it prints. @throws Error when it fails */
export function run(file: string, args: readonly string[], cwd: string, path = plainPath()): string {
  return execFileSync(file, args, {
    cwd,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Runs a program that may fail, in an environment that holds what is given alone. */
export function attempt(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd, env, encoding: 'utf8' });
  return { exitCode: status, stdout, stderr };
}

/** @throws Error when it does not hold */
export function check(what: string, holds: boolean, seen?: unknown): void {
  if (!holds)
    throw new Error(`package check failed: ${what}${seen === undefined ? '' : `; seen: ${JSON.stringify(seen)}`}`);
  console.log(`ok  ${what}`);
}
