import { startEtcd } from '../../../test/gitops/rig/api-server.ts';
import { ApplicationSets } from '../../../test/gitops/rig/application-sets.ts';
import { findBinaries } from '../../../test/gitops/rig/binaries.ts';
import { issueRigKeys } from '../../../test/gitops/rig/certificates.ts';
import { startHub } from '../../../test/gitops/rig/cluster.ts';
import { addManagedCluster, setDecision, type Cluster } from '../../../test/gitops/rig/index.ts';
import { Gate } from '../../world/gate.ts';
import type { Side } from '../../world/troubles.ts';
import { clusters, type ClusterName } from '../program/program.ts';
import { Maestro } from './maestro.ts';
import { namespace, setPlacement } from './objects.ts';
import { Recorder } from './record.ts';
import { Replica } from './replica.ts';
import { startSpokes, type Spoke } from './spokes.ts';

/** A hub, Maestro behind gates, two clusters and the controllers, with everything that happens written down. */
export interface GitopsWorld {
  readonly hub: Cluster;
  readonly maestro: Maestro;
  readonly gates: Readonly<Record<Side, Gate>>;
  readonly spokes: ReadonlyMap<ClusterName, Spoke>;
  readonly replicas: readonly Replica[];
  readonly recorder: Recorder;
  close(): Promise<void>;
}

export interface WorldOptions {
  /** The program that runs the controllers. */
  readonly program: string;
  readonly folder: string;
  readonly replicas: number;
  /** Of the garbage collection, see the program. */
  readonly brake: number | undefined;
}

export async function openWorld({ program, folder, replicas: count, brake }: WorldOptions): Promise<GitopsWorld> {
  const binaries = findBinaries();
  if ('missing' in binaries) throw new Error(`programs of the family gitops need a hub: ${binaries.missing}`);
  const stops: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const keys = await issueRigKeys();
    const etcd = await startEtcd(binaries, folder);
    stops.push(() => etcd.stop());
    const hub = await startHub({ binaries, etcd, keys, folder });
    stops.push(() => hub.stop());
    await Promise.all(clusters.map((name) => addManagedCluster(hub, name)));
    await setDecision(hub, namespace, 'all', clusters);
    await setDecision(hub, namespace, setPlacement, clusters);
    const spokes = startSpokes();
    for (const { argo } of spokes.values()) stops.push(() => argo.stop());
    const recorder = new Recorder(hub, spokes.values());
    stops.push(() => recorder.stop());
    const maestro = await Maestro.start(folder, spokes);
    stops.push(() => maestro.stop());
    const gates = { grpc: await Gate.open(maestro.addresses.grpc), http: await Gate.open(maestro.addresses.http) };
    stops.push(async () => {
      for (const gate of Object.values(gates)) await gate.close();
    });
    const sets = new ApplicationSets(hub);
    stops.push(() => sets.stop());
    const env = {
      MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${String(gates.http.port)}`,
      MAESTRO_GRPC_ENDPOINT: `grpc://127.0.0.1:${String(gates.grpc.port)}`,
      XDG_CONFIG_HOME: folder,
    };
    const names = Array.from({ length: count }, (_, index) => `replica-${String(index)}`);
    const kubeconfigs = await Promise.all(names.map(async (name) => hub.kubeconfigFor(name)));
    const replicas = names.map((name, index) => {
      const replica = new Replica({ name, program, kubeconfig: kubeconfigs[index] ?? '', env, brake });
      stops.push(() => replica.stop());
      return replica;
    });
    return { hub, maestro, gates, spokes, replicas, recorder, close };
  } catch (error) {
    await close();
    throw error;
  }
}
