import { spawn } from 'node:child_process';

export interface StandIn {
  readonly env: Readonly<Record<'MAESTRO_HTTP_ENDPOINT' | 'MAESTRO_GRPC_ENDPOINT', string>>;
  stop(): Promise<void>;
}

/** The stand-in as a process of its own, so that none of its work counts as the client's. */
export async function startStandIn(command: string, ...flags: readonly string[]): Promise<StandIn> {
  const child = spawn(command, ['dev', '--http-port=0', '--grpc-port=0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  let text = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    text += String(chunk);
    const http = /export MAESTRO_HTTP_ENDPOINT=(\S+)\n/.exec(text)?.[1];
    const grpc = /export MAESTRO_GRPC_ENDPOINT=(\S+)\n/.exec(text)?.[1];
    if (http === undefined || grpc === undefined) continue;
    child.stdout.resume();
    return {
      env: { MAESTRO_HTTP_ENDPOINT: http, MAESTRO_GRPC_ENDPOINT: grpc },
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
  throw new Error(`the stand-in did not start:\n${text}`);
}

export function manifest(name: string, value: string): string {
  return `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata:
  name: ${name}
spec:
  workload:
    manifests:
    - apiVersion: v1
      kind: ConfigMap
      metadata: { name: ${name}, namespace: default }
      data: { key: "${value}" }
`;
}
