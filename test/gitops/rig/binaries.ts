import { delimiter, join } from 'node:path';
import { firstExecutable, rigFolder } from '../../../scripts/tools.ts';

/** The programs that a rig is made of. */
export interface RigBinaries {
  readonly etcd: string;
  readonly apiServer: string;
}

/** The programs, or one line that says what is missing and how to get it. */
export function findBinaries(env: NodeJS.ProcessEnv = process.env): RigBinaries | { readonly missing: string } {
  const path = (env['PATH'] ?? '').split(delimiter);
  const etcd = firstExecutable([...path, '/usr/bin'].map((folder) => join(folder, 'etcd')));
  const apiServer = firstExecutable([join(rigFolder(env), 'apiextensions-apiserver')]);
  if (etcd !== undefined && apiServer !== undefined) return { etcd, apiServer };
  const missing = [etcd === undefined ? 'etcd' : '', apiServer === undefined ? 'apiextensions-apiserver' : '']
    .filter((name) => name !== '')
    .join(' and ');
  return { missing: `skipped, because ${missing} is not installed: run scripts/gitops-rig.sh` };
}

/** Helm as the script installs it; undefined without it. */
export function findHelm(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return firstExecutable([join(rigFolder(env), 'helm')]);
}

/** Promtool of Prometheus: as the script installs it, or the machine's; undefined without either. */
export function findPromtool(env: NodeJS.ProcessEnv = process.env): string | undefined {
  return firstExecutable([join(rigFolder(env), 'promtool'), '/usr/bin/promtool', '/usr/local/bin/promtool']);
}
