import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scope } from '../server.ts';
import { printedBy } from './run-program.ts';

export interface ProbeOptions {
  /** The executable that writes and waits. */
  readonly client: string;
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly scope: Scope;
  readonly consumer: string;
}

const manifest = (namespace: string): string => `apiVersion: v1
kind: ConfigMap
metadata: {name: probe, namespace: ${namespace}}
`;

/**
 * Ends once the agent of a consumer has applied a work and let it go again. An agent that lost its server tries again
 * only after a pause that grows to minutes, and nothing but its work tells that it is back. The work is of a source of
 * its own, so that it is in no ledger of a program.
 */
export async function agentWorks({ client, env, folder, scope, consumer }: ProbeOptions): Promise<void> {
  const file = join(folder, 'probe.yaml');
  writeFileSync(file, manifest(scope.namespace));
  const work = ['--name=probe', `--consumer=${consumer}`, `--source-id=${scope.source}-probe`, '--watch'];
  const run = async (...argv: readonly string[]): Promise<string> =>
    printedBy(client, [...argv, ...work, '--timeout=300s'], env, 310_000);
  await run('apply', '-f', file);
  await run('delete', '--force');
}
