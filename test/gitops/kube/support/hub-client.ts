import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { connectKube } from '../../../../src/gitops/kube/connect-kube.ts';
import type { KubeDeps } from '../../../../src/gitops/kube/connect-kube.ts';
import type { CallOptions, KubeApi, ResourcePath } from '../../../../src/gitops/kube/kube-api.ts';
import { systemClock } from '../../../../src/clock.ts';
import { FakeHub } from './fake-hub.ts';

export const widgets: ResourcePath = { group: 'example.com', version: 'v1', resource: 'widgets' };

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'maestro-kube-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Text of a kubeconfig with one context, `hub`. */
export function kubeconfigText(
  cluster: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'hub', context: { cluster: 'c', user: 'u', namespace: 'here' } }],
    'current-context': 'hub',
  });
}

/** Connects by a kubeconfig file; both go with the test. */
export async function connectBy(text: string, deps: Partial<KubeDeps> = {}): Promise<KubeApi> {
  const kubeconfig = join(temporaryFolder(), 'config');
  writeFileSync(kubeconfig, text);
  const api = await connectKube({ kubeconfig }, { clock: systemClock, env: {}, ...deps });
  onTestFinished(() => api.close());
  return api;
}

/** A hub over plain HTTP and a client of it. */
export async function startHub(
  deps: Partial<KubeDeps> = {},
  user: Readonly<Record<string, unknown>> = {},
): Promise<{ hub: FakeHub; api: KubeApi }> {
  const hub = new FakeHub();
  const port = await hub.start();
  onTestFinished(() => hub.close());
  const api = await connectBy(
    kubeconfigText({ server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true }, user),
    deps,
  );
  return { hub, api };
}

export function soon(ms = 5_000): CallOptions {
  return { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + ms };
}

/** Looks again every few milliseconds until it is so; fails with what it saw last. */
export async function until(isSo: () => boolean, what: string, ms = 10_000): Promise<void> {
  const end = Date.now() + ms;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
