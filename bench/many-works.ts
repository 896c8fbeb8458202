import { createMaestroClient, type FleetTask } from '../src/index.ts';
import type { Endpoints } from './own-process.ts';

export interface ManyWorks {
  readonly count: number;
  readonly consumers: number;
  /** A feedback value that agents are to report. */
  readonly feedback?: string;
  readonly prefix?: string;
}

/**
 * Works of a small ConfigMap each, spread over the consumers c0, c1, …, made one
 * at a time. As in a fleet, the works of all consumers have one name; the second
 * one of each consumer has the next.
 */
export function* manyWorks({ count, consumers, feedback, prefix = 'work' }: ManyWorks): Generator<FleetTask> {
  for (let at = 0; at < count; at += 1) {
    const name = `${prefix}-${Math.floor(at / consumers)}`;
    const resourceIdentifier = { group: '', resource: 'configmaps', name, namespace: 'default' };
    const rules =
      feedback === undefined
        ? []
        : [
            {
              resourceIdentifier,
              feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: feedback, path: `.data.${feedback}` }] }],
            },
          ];
    yield {
      op: 'apply',
      consumer: `c${at % consumers}`,
      work: {
        name,
        labels: { app: `app-${at % 10}` },
        annotations: {},
        manifests: [
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: { name, namespace: 'default' },
            data: { key: 'x'.repeat(300) },
          },
        ],
        manifestConfigs: rules,
      },
    };
  }
}

/** Writes them all, for what a bench reads later. */
export async function writeWorks(endpoints: Endpoints, works: ManyWorks): Promise<void> {
  const client = await createMaestroClient({
    ...endpoints,
    grpcEndpoint: `grpc://${endpoints.grpcEndpoint}`,
    source: 'bench',
  });
  const { created } = await client.applyMany(manyWorks(works));
  await client.close();
  if (created !== works.count) throw new Error(`${created} of ${works.count} works were created`);
}
