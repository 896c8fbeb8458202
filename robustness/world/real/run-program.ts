import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** What a program of this machine prints; throws with what it says when it fails. */
export async function printedBy(
  program: string,
  argv: readonly string[],
  more: NodeJS.ProcessEnv = {},
  timeout = 60_000,
): Promise<string> {
  const { stdout } = await execute(program, argv, {
    env: { ...process.env, ...more },
    maxBuffer: 256 * 1024 * 1024,
    timeout,
  });
  return stdout;
}

/** Runs what a flag gives, by a shell. */
export async function shell(command: string, more: NodeJS.ProcessEnv = {}): Promise<void> {
  await printedBy('sh', ['-c', command], more);
}
