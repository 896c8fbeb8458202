import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where scripts/gitops-rig.sh puts what it installs. */
export function rigFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { MAESTRO_CLI_RIG: rig, XDG_CACHE_HOME: cache } = env;
  return join(rig ?? join(cache ?? join(homedir(), '.cache'), 'maestro-cli/rig'), 'bin');
}

/** A program of the rig or of the PATH; undefined without it. */
export function findTool(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return firstExecutable([rigFolder(env), ...folders].map((folder) => join(folder, name)));
}

export function firstExecutable(files: readonly string[]): string | undefined {
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** What a program printed. @throws Error with what it wrote to its stderr */
export function run(file: string, args: readonly string[], { cwd, env = process.env }: RunOptions = {}): string {
  return execFileSync(file, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    ...(cwd === undefined ? {} : { cwd }),
  });
}
