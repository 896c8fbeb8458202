import { expect } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { WorkRequest } from '../../../src/clients/index.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { systemClock } from '../../../src/clock.ts';
import { eventually, type BundleRow, type KubeObject, type Rig } from '../rig/index.ts';
import {
  at,
  clusterAnnotation,
  createApp,
  deleteApp,
  namespace as argoNamespace,
  pullLabel,
  settingsFor,
  type AppOptions,
} from './support.ts';

const ocm = 'apps.open-cluster-management.io';
const stamps = 'maestro-cli.hyperfleet.io';
export const source = 'app-work-client';

/** Publishes past the controllers, as another writer with the same source would. */
export async function publish(rig: Rig, request: WorkRequest): Promise<void> {
  const maestro = await connectMaestro(settingsFor(rig).maestro, { clock: systemClock, random: Math.random });
  try {
    await maestro.writer.publish(request, {
      signal: new AbortController().signal,
      deadlineMs: systemClock.monotonicMs() + 5_000,
    });
  } finally {
    await maestro.close();
  }
}

export interface BundleOptions {
  /** `metadata.name` of the work; `<namespace>-<name>` when absent. */
  readonly name?: string;
  /** Instead of the annotations that name the hub application. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Stamps it as one of the hub with this id. */
  readonly hubId?: string;
  /** More stamps. */
  readonly stamps?: Readonly<Record<string, string>>;
}

/**
 * Publishes a bundle for a hub application that need not exist: of the Go controllers, unless it is told to be stamped.
 */
export async function publishBundle(rig: Rig, app: KubeObject, options: BundleOptions = {}): Promise<string> {
  const { name, namespace = '', annotations = {}, finalizers = [] } = app.metadata;
  const consumer = annotations[clusterAnnotation] ?? '';
  const spec = app['spec'] as JsonObject;
  const stamped: Record<string, string> =
    options.hubId === undefined
      ? {}
      : {
          [`${stamps}/hub-id`]: options.hubId,
          [`${stamps}/hub-application-uid`]: 'uid-on-that-hub',
          [`${stamps}/content-hash`]: '1:0123456789abcdef0123456789abcdef',
        };
  const work = {
    name: options.name ?? `${namespace}-${name}`,
    namespace: consumer,
    labels: { [pullLabel]: 'true' },
    annotations: {
      ...(options.annotations ?? {
        [`${ocm}/hub-application-namespace`]: namespace,
        [`${ocm}/hub-application-name`]: name,
      }),
      ...stamped,
      ...options.stamps,
    },
    manifests: [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name, namespace, finalizers: [...finalizers], labels: {}, annotations: {} },
        spec: {
          ...spec,
          destination: { ...(spec['destination'] as JsonObject), name: '', server: 'https://kubernetes.default.svc' },
        },
      },
    ],
    manifestConfigs: [
      {
        resourceIdentifier: { group: 'argoproj.io', resource: 'applications', namespace, name },
        feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'status', path: '.status' }] }],
        updateStrategy: {
          type: 'ServerSideApply',
          serverSideApply: {
            force: false,
            ignoreFields: [
              {
                condition: 'OnSpokeChange',
                jsonPaths: ['.operation', '.metadata.annotations["argocd.argoproj.io/refresh"]'],
              },
            ],
          },
        },
      },
    ],
  };
  const id = bundleId(source, consumer, work.name);
  await publish(rig, { kind: 'create', target: { id, consumer, source }, work });
  return id;
}

/** The bundles of a hub application, those that are being deleted among them. */
export async function bundlesOf(rig: Rig, name: string, inNamespace = argoNamespace): Promise<readonly BundleRow[]> {
  return (await rig.maestroBundles()).filter(
    ({ metadata: { annotations = {} } }) =>
      annotations[`${ocm}/hub-application-name`] === name &&
      annotations[`${ocm}/hub-application-namespace`] === inNamespace,
  );
}

/**
 * Waits until sweeps of the garbage collection have been over all that there is: the work of an application without a
 * finalizer, which is made and deleted only now, is collected. What was garbage before it is collected no later.
 *
 * @param name of nothing that was there before
 */
export async function sweepsEnd(rig: Rig, name: string, options: AppOptions = {}): Promise<void> {
  const inNamespace = options.namespace ?? argoNamespace;
  await createApp(rig, name, { ...options, finalizers: [] });
  await eventually(async () => {
    const [bundle] = await bundlesOf(rig, name, inNamespace);
    expect(bundle).toBeDefined();
    expect(at(bundle, 'status', 'ObservedVersion')).toBe(bundle?.version);
  }, 20_000);
  await deleteApp(rig, name, inNamespace);
  await eventually(async () => expect(await bundlesOf(rig, name, inNamespace)).toEqual([]), 20_000);
}

/** Texts of the conditions that the controllers left on a hub application. */
export function deliveryMessages(app: KubeObject | undefined): string[] {
  const conditions = at(app, 'status', 'conditions');
  if (!Array.isArray(conditions)) return [];
  return (conditions as { type: string; message: string }[])
    .filter(({ type }) => type.startsWith('MaestroDelivery'))
    .map(({ message }) => message);
}
