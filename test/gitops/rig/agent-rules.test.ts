import { describe, expect, onTestFinished, test } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import { systemClock } from '../../../src/clock.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { WireCondition } from '../../../src/standin/agent/status.ts';
import { ApplicationWitness, eventually, findBinaries, kinds, specHashAnnotation, startRig } from './index.ts';
import type { KubeObject, Rig } from './index.ts';
import { keepRig } from './keep-rig.ts';

const namespace = 'openshift-gitops';
const source = 'rules';

/** What a work says of its applications. */
interface Content {
  readonly strategy: string;
  readonly deleteOption?: JsonObject;
  readonly force?: boolean;
  /** False: applied again whenever the agent comes by. */
  readonly ignores?: boolean;
  readonly project?: string;
  readonly labels?: JsonObject;
  /** Names of the applications in it; the name of the work when absent. */
  readonly apps?: readonly string[];
}

/** A work in the hands of one of the agents; each call waits until the agent has done it. */
interface Hand {
  put(work: string, app: string, content: Content): Promise<void>;
  remove(work: string): Promise<void>;
  resync(): void;
  /** What the name of the owner ends with. */
  ownerOf(work: string): string;
  /** Conditions of the work and of its first manifest, and the error if one was not applied. */
  conditions(work: string): Promise<Readonly<Record<string, string>>>;
}

const orphan = { propagationPolicy: 'Orphan' };

describe.skipIf('missing' in findBinaries())('the rules of both agents', { timeout: 60_000 }, () => {
  let rig: Rig;
  let maestro: Awaited<ReturnType<typeof connectMaestro>>;
  let witness: ApplicationWitness;

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1'], statusSyncMs: 50 });
      const [host = '', port = ''] = rig.standIn.grpcEndpoint.split(':');
      const endpoints = {
        grpcEndpoint: { host, port: Number(port), plaintext: true },
        httpEndpoint: rig.standIn.httpEndpoint,
        insecureSkipVerify: false,
        grpcTls: {},
        httpTls: {},
        allowPlaintextToken: false,
        proxy: {},
      };
      maestro = await connectMaestro(endpoints, { clock: systemClock, random: Math.random });
      witness = await ApplicationWitness.start([rig.spoke('c1')]);
    },
    async () => {
      await witness?.stop();
      await maestro?.close();
      await rig?.stop();
    },
  );

  const hands: Readonly<Record<'maestro' | 'classic', Hand>> = {
    maestro: {
      put: async (work, app, content) => {
        const id = bundleId(source, 'c1', work);
        const target = { id, consumer: 'c1', source };
        const version = (await maestro.reader.getBundle(id, budget()))?.version;
        const made = { name: work, labels: {}, annotations: {}, ...specOf(app, content) };
        const request = version === undefined ? { kind: 'create' as const } : { kind: 'update' as const, version };
        await maestro.writer.publish({ ...request, target, work: made }, budget());
        await eventually(() => {
          expect(observed(rig.spoke('c1').agent.statusOf(id)?.conditions)).toEqual(at((version ?? 0) + 1));
        });
      },
      remove: async (work) => {
        const id = bundleId(source, 'c1', work);
        const version = (await maestro.reader.getBundle(id, budget()))?.version ?? 0;
        const target = { id, consumer: 'c1', source };
        await maestro.writer.publish({ kind: 'delete', target, workName: work, version }, budget());
        await eventually(async () => expect(await maestro.reader.getBundle(id, budget())).toBeUndefined());
      },
      resync: () => rig.spoke('c1').agent.resync(),
      ownerOf: (work) => `-${bundleId(source, 'c1', work)}`,
      conditions: async (work) => {
        const status = rig.spoke('c1').agent.statusOf(bundleId(source, 'c1', work));
        return Promise.resolve(flat(status?.conditions ?? [], status?.manifests[0]?.conditions ?? []));
      },
    },
    classic: {
      put: async (work, app, content) => {
        const ref = { namespace: 'c1', name: work };
        const { manifests, ...spec } = specOf(app, content);
        const whole = { ...spec, workload: { manifests: [...manifests] } } as unknown as JsonObject;
        const known = await rig.hub.admin.get(kinds.manifestWorks, ref);
        const { metadata } =
          known === undefined
            ? await rig.hub.admin.create(kinds.manifestWorks, {
                apiVersion: 'work.open-cluster-management.io/v1',
                kind: 'ManifestWork',
                metadata: ref,
                spec: whole,
              })
            : await rig.hub.admin.jsonPatch(kinds.manifestWorks, ref, [{ op: 'replace', path: '/spec', value: whole }]);
        await eventually(async () => {
          const status = (await rig.hub.admin.get(kinds.manifestWorks, ref))?.['status'] as {
            conditions?: WireCondition[];
          };
          expect(observed(status?.conditions)).toEqual(at(metadata.generation ?? 0));
        });
      },
      remove: async (work) => {
        const ref = { namespace: 'c1', name: work };
        await rig.hub.admin.delete(kinds.manifestWorks, ref);
        await eventually(async () => expect(await rig.hub.admin.get(kinds.manifestWorks, ref)).toBeUndefined());
      },
      resync: () => rig.spoke('c1').classicAgent.resync(),
      ownerOf: (work) => `-${work}`,
      conditions: async (work) => {
        const object = await rig.hub.admin.get(kinds.manifestWorks, { namespace: 'c1', name: work });
        const status = object?.['status'] as { conditions: []; resourceStatus: { manifests: { conditions: [] }[] } };
        return flat(status.conditions, status.resourceStatus.manifests[0]?.conditions ?? []);
      },
    },
  };

  const app = (name: string): Promise<KubeObject | undefined> => rig.spokeApp('c1', namespace, name);

  async function ownersOf(name: string): Promise<string[]> {
    const owners = ((await app(name))?.metadata['ownerReferences'] ?? []) as readonly { readonly name: string }[];
    return owners.map((owner) => owner.name.replace(/^[0-9a-f]{64}/, '')).sort();
  }

  async function projectOf(name: string): Promise<unknown> {
    return ((await app(name))?.['spec'] as JsonObject | undefined)?.['project'];
  }

  describe.each([
    ['maestro', 'classic'],
    ['classic', 'maestro'],
  ] as const)('%s', (mine, theirs) => {
    const name = (suffix: string): string => `${mine}-${suffix}`;

    test('deleting the only owner deletes the application, and its workload goes along', async () => {
      await hands[mine].put(name('only'), name('only'), { strategy: 'ServerSideApply' });
      await eventually(() => expect(rig.spoke('c1').workload(name('only'), name('only'))).toBeDefined());
      await hands[mine].remove(name('only'));
      expect(await app(name('only'))).toBeUndefined();
      expect(rig.spoke('c1').workload(name('only'), name('only'))).toBeUndefined();
      expect(witness.complaints()).toContain(`c1/${namespace}/${name('only')}: it was deleted`);
    });

    test('of two owners the deletion of one leaves the application as it is, with the other', async () => {
      const both = name('both');
      await hands[theirs].put(`${both}-theirs`, both, { strategy: 'ServerSideApply' });
      const before = await app(both);
      await hands[mine].put(`${both}-mine`, both, { strategy: 'ServerSideApply' });
      const owners = [hands[mine].ownerOf(`${both}-mine`), hands[theirs].ownerOf(`${both}-theirs`)];
      expect(await ownersOf(both)).toEqual([...owners].sort());
      await hands[mine].remove(`${both}-mine`);
      expect(await ownersOf(both)).toEqual([owners[1]]);
      expect((await app(both))?.metadata.uid).toBe(before?.metadata.uid);
      expect(witness.history('c1', `${namespace}/${both}`).length).toBeGreaterThan(2);
      expect(witness.complaints().filter((one) => one.includes(both))).toEqual([]);
      await hands[theirs].remove(`${both}-theirs`);
      expect(await app(both)).toBeUndefined();
    });

    test('ReadOnly adds no owner, and deleting the work deletes nothing', async () => {
      const probed = name('probed');
      await hands[theirs].put(probed, probed, { strategy: 'ServerSideApply' });
      await hands[mine].put(`${probed}-probe`, probed, { strategy: 'ReadOnly' });
      expect(await hands[mine].conditions(`${probed}-probe`)).toMatchObject({ Applied: 'True', Available: 'True' });
      expect(await ownersOf(probed)).toEqual([hands[theirs].ownerOf(probed)]);
      await hands[mine].remove(`${probed}-probe`);
      expect(witness.complaints().filter((one) => one.includes(probed))).toEqual([]);
    });

    test('ReadOnly of an application that is not there is applied and not available', async () => {
      await hands[mine].put(name('absent'), name('absent'), { strategy: 'ReadOnly' });
      const seen = await hands[mine].conditions(name('absent'));
      expect(seen).toMatchObject({ Applied: 'True', Available: 'False', 'manifest Available': 'False' });
      expect(await app(name('absent'))).toBeUndefined();
    });

    test('ReadOnly does not drop a reference, not even with Orphan, and deleting the only owner deletes then too', async () => {
      const swept = name('swept');
      await hands[mine].put(swept, swept, { strategy: 'ServerSideApply' });
      await hands[mine].put(swept, swept, { strategy: 'ReadOnly' });
      expect(await ownersOf(swept)).toEqual([hands[mine].ownerOf(swept)]);
      await hands[mine].put(swept, swept, { strategy: 'ReadOnly', deleteOption: orphan });
      expect(await ownersOf(swept)).toEqual([hands[mine].ownerOf(swept)]);
      await hands[mine].remove(swept);
      expect(await app(swept)).toBeUndefined();
    });

    test('ReadOnly with another owner only loses its reference when its work is deleted', async () => {
      const shared = name('shared');
      await hands[theirs].put(`${shared}-theirs`, shared, { strategy: 'ServerSideApply' });
      await hands[mine].put(`${shared}-mine`, shared, { strategy: 'ServerSideApply' });
      await hands[mine].put(`${shared}-mine`, shared, { strategy: 'ReadOnly' });
      await hands[mine].remove(`${shared}-mine`);
      expect(await ownersOf(shared)).toEqual([hands[theirs].ownerOf(`${shared}-theirs`)]);
      expect(witness.complaints().filter((one) => one.includes(shared))).toEqual([]);
    });

    test.each(['CreateOnly', 'ServerSideApply', 'Update'])(
      'Orphan with %s drops the reference on the next apply',
      async (strategy) => {
        const left = name(`orphan-${strategy.toLowerCase()}`);
        await hands[mine].put(left, left, { strategy: 'ServerSideApply' });
        const { uid } = (await app(left))?.metadata ?? {};
        await hands[mine].put(left, left, { strategy, deleteOption: orphan });
        expect(await ownersOf(left)).toEqual([]);
        await hands[mine].remove(left);
        expect((await app(left))?.metadata).toMatchObject({ uid });
        expect((await app(left))?.metadata.deletionTimestamp).toBeUndefined();
      },
    );

    test('SelectivelyOrphan drops the references of the objects that it names, and no other', async () => {
      const [kept, owned] = [name('kept'), name('owned')];
      const rule = { group: 'argoproj.io', resource: 'applications', namespace, name: kept };
      const selective = { propagationPolicy: 'SelectivelyOrphan', selectivelyOrphans: { orphaningRules: [rule] } };
      await hands[mine].put(kept, kept, { strategy: 'ServerSideApply', apps: [kept, owned], deleteOption: selective });
      expect([await ownersOf(kept), await ownersOf(owned)]).toEqual([[], [hands[mine].ownerOf(kept)]]);
      await hands[mine].remove(kept);
      expect(await app(kept)).toBeDefined();
      expect(await app(owned)).toBeUndefined();
    });

    test('CreateOnly makes what is missing, and of what is there it takes only the ownership', async () => {
      const once = name('once');
      await hands[mine].put(once, once, { strategy: 'CreateOnly', project: 'first' });
      expect([await projectOf(once), await ownersOf(once)]).toEqual(['first', [hands[mine].ownerOf(once)]]);
      await hands[mine].put(once, once, { strategy: 'CreateOnly', project: 'second' });
      expect(await projectOf(once)).toBe('first');
      await hands[theirs].put(`${once}-theirs`, once, { strategy: 'CreateOnly', project: 'third' });
      expect(await projectOf(once)).toBe('first');
      expect(await ownersOf(once)).toHaveLength(2);
    });

    test('a change on the cluster stays while config-spec-hash is the one of the content, and an owner comes back', async () => {
      const drifted = name('drifted');
      await hands[mine].put(drifted, drifted, { strategy: 'ServerSideApply' });
      const { admin } = rig.spoke('c1');
      const ref = { namespace, name: drifted };
      await admin.mergePatch(kinds.applications, ref, {
        metadata: { ownerReferences: null },
        spec: { project: 'theirs' },
      });
      hands[mine].resync();
      await eventually(async () => expect(await ownersOf(drifted)).toEqual([hands[mine].ownerOf(drifted)]));
      expect(await projectOf(drifted)).toBe('theirs');
      await admin.mergePatch(kinds.applications, ref, { metadata: { annotations: { [specHashAnnotation]: null } } });
      hands[mine].resync();
      await eventually(async () => expect(await projectOf(drifted)).toBe('default'));
    });

    test('the same content from both works has the same config-spec-hash, and the second writes only its reference', async () => {
      const same = name('same');
      await hands[theirs].put(`${same}-theirs`, same, { strategy: 'ServerSideApply' });
      await eventually(() => expect(rig.spoke('c1').workload(same, same)).toBeDefined());
      const applied = (object: KubeObject | undefined): unknown =>
        (object?.metadata['managedFields'] as readonly { manager: string; operation: string; time: string }[]).filter(
          ({ manager, operation }) => manager === 'work-agent' && operation === 'Apply',
        );
      const before = await app(same);
      await hands[mine].put(`${same}-mine`, same, { strategy: 'ServerSideApply' });
      const after = await app(same);
      expect(after?.metadata.annotations).toEqual(before?.metadata.annotations);
      expect(applied(after)).toEqual(applied(before));
      expect(await ownersOf(same)).toHaveLength(2);
    });

    test('works that differ take turns, each with its own content when its agent comes by', async () => {
      const turns = name('turns');
      await hands[theirs].put(`${turns}-theirs`, turns, { strategy: 'ServerSideApply', project: 'theirs' });
      await hands[mine].put(`${turns}-mine`, turns, { strategy: 'ServerSideApply', project: 'mine' });
      expect(await projectOf(turns)).toBe('mine');
      hands[theirs].resync();
      await eventually(async () => expect(await projectOf(turns)).toBe('theirs'));
      hands[mine].resync();
      await eventually(async () => expect(await projectOf(turns)).toBe('mine'));
      expect(await hands[mine].conditions(`${turns}-mine`)).toMatchObject({ Applied: 'True' });
    });

    test('without ignored fields a change on the cluster is undone on the next resync', async () => {
      const plain = name('plain');
      await hands[mine].put(plain, plain, { strategy: 'ServerSideApply', ignores: false, force: true });
      expect((await app(plain))?.metadata.annotations?.[specHashAnnotation]).toBeUndefined();
      await rig
        .spoke('c1')
        .admin.mergePatch(kinds.applications, { namespace, name: plain }, { spec: { project: 'theirs' } });
      hands[mine].resync();
      await eventually(async () => expect(await projectOf(plain)).toBe('default'));
    });

    test("without force another manager's field is a conflict that the status tells", async () => {
      const fought = name('fought');
      await hands[mine].put(fought, fought, { strategy: 'ServerSideApply', ignores: false });
      await rig
        .spoke('c1')
        .admin.mergePatch(kinds.applications, { namespace, name: fought }, { spec: { project: 'theirs' } });
      await hands[mine].put(fought, fought, { strategy: 'ServerSideApply', ignores: false, labels: { a: 'b' } });
      const seen = await hands[mine].conditions(fought);
      expect(seen).toMatchObject({ Applied: 'False', 'manifest Applied': 'False', Available: 'True' });
      expect(seen['message']).toMatch(/^Failed to apply manifest: Apply failed with 1 conflict/);
      expect(await projectOf(fought)).toBe('theirs');
    });

    test('Update replaces the content, and merges labels', async () => {
      const replaced = name('replaced');
      await hands[mine].put(replaced, replaced, { strategy: 'Update', labels: { ours: 'yes' } });
      const { admin } = rig.spoke('c1');
      const change = { metadata: { labels: { theirs: 'yes' } }, spec: { project: 'theirs' } };
      await admin.mergePatch(kinds.applications, { namespace, name: replaced }, change);
      hands[mine].resync();
      await eventually(async () => expect(await projectOf(replaced)).toBe('default'));
      expect((await app(replaced))?.metadata.labels).toEqual({ ours: 'yes', theirs: 'yes' });
    });

    test('what a work does not hold any more is let go of like what a deleted work held', async () => {
      const [stays, goes] = [name('stays'), name('goes')];
      await hands[mine].put(stays, stays, { strategy: 'ServerSideApply', apps: [stays, goes] });
      expect(await app(goes)).toBeDefined();
      await hands[mine].put(stays, stays, { strategy: 'ServerSideApply' });
      await eventually(async () => expect(await app(goes)).toBeUndefined());
      expect(await app(stays)).toBeDefined();
    });
  });

  test('a classic work whose finalizer was taken away leaves its application and the reference behind', async () => {
    await hands.classic.put('forced', 'forced', { strategy: 'ServerSideApply' });
    rig.spoke('c1').classicAgent.setOnline(false);
    onTestFinished(() => rig.spoke('c1').classicAgent.setOnline(true));
    const ref = { namespace: 'c1', name: 'forced' };
    await rig.hub.admin.mergePatch(kinds.manifestWorks, ref, { metadata: { finalizers: null } });
    await rig.hub.admin.delete(kinds.manifestWorks, ref);
    rig.spoke('c1').classicAgent.setOnline(true);
    rig.spoke('c1').classicAgent.resync();
    await hands.classic.put('after', 'after', { strategy: 'ServerSideApply' });
    expect(await ownersOf('forced')).toEqual(['-forced']);
    await hands.classic.put('forced', 'forced', { strategy: 'ServerSideApply' });
    expect(await ownersOf('forced')).toEqual(['-forced']);
  });

  test('a version of a bundle that differs in annotations alone is applied at the next resync, one in labels at once', async () => {
    const id = bundleId(source, 'c1', 'marked');
    const target = { id, consumer: 'c1', source };
    const work = { name: 'marked', ...specOf('marked', { strategy: 'ServerSideApply' }) };
    const publish = async (version: number, annotations: Record<string, string>, labels = {}): Promise<void> =>
      maestro.writer.publish({ kind: 'update', target, version, work: { ...work, labels, annotations } }, budget());
    const conditions = (): JsonObject => observed(rig.spoke('c1').agent.statusOf(id)?.conditions);
    await hands.maestro.put('marked', 'marked', { strategy: 'ServerSideApply' });
    await publish(1, { mark: 'one' });
    await eventually(() => expect(conditions()).toEqual({ Applied: 1, Available: 2 }));
    await publish(2, { mark: 'one' }, { mark: 'two' });
    await eventually(() => expect(conditions()).toEqual(at(3)));
    await publish(3, { mark: 'three' }, { mark: 'two' });
    await eventually(() => expect(conditions()).toEqual({ Applied: 3, Available: 4 }));
    hands.maestro.resync();
    await eventually(() => expect(conditions()).toEqual(at(4)));
  });

  test('the API server drops empty maps of labels in the manifests of a ManifestWork, so that its hash differs', async () => {
    await hands.classic.put('empty', 'empty', { strategy: 'ServerSideApply', labels: {} });
    const classicHash = (await app('empty'))?.metadata.annotations?.[specHashAnnotation];
    await hands.maestro.put('empty', 'empty', { strategy: 'ServerSideApply', labels: {} });
    const maestroHash = (await app('empty'))?.metadata.annotations?.[specHashAnnotation];
    expect(classicHash).not.toBe(maestroHash);
  });
});

function budget(): { readonly signal: AbortSignal; readonly deadlineMs: number } {
  return { signal: AbortSignal.timeout(10_000), deadlineMs: systemClock.monotonicMs() + 10_000 };
}

/** The condition Available moves first, before anything is applied. */
function observed(conditions: readonly WireCondition[] = []): JsonObject {
  return Object.fromEntries(conditions.map(({ type, observedGeneration = 0 }) => [type, observedGeneration]));
}

function at(generation: number): JsonObject {
  return { Applied: generation, Available: generation };
}

function flat(work: readonly WireCondition[], manifest: readonly WireCondition[]): Readonly<Record<string, string>> {
  const failed = manifest.find(({ type, status }) => type === 'Applied' && status === 'False');
  return Object.fromEntries([
    ...work.map(({ type, status }) => [type, status]),
    ...manifest.map(({ type, status }) => [`manifest ${type}`, status]),
    ['message', failed?.message ?? ''],
  ]) as Readonly<Record<string, string>>;
}

function specOf(
  app: string,
  { strategy, deleteOption, apps = [app], ...content }: Content,
): {
  readonly manifests: readonly JsonObject[];
  readonly manifestConfigs: readonly JsonObject[];
  readonly deleteOption?: JsonObject;
} {
  const ignoreFields = [{ condition: 'OnSpokeChange', jsonPaths: ['.operation'] }];
  const { force = content.ignores !== false } = content;
  const serverSideApply = { force, ...(content.ignores === false ? {} : { ignoreFields }) };
  const updateStrategy = { type: strategy, ...(strategy === 'ServerSideApply' ? { serverSideApply } : {}) };
  return {
    manifests: apps.map((name) => application(name, content)),
    manifestConfigs: apps.map((name) => ({
      resourceIdentifier: { group: 'argoproj.io', resource: 'applications', namespace, name },
      updateStrategy,
    })),
    ...(deleteOption === undefined ? {} : { deleteOption }),
  };
}

function application(name: string, { project = 'default', labels }: Pick<Content, 'project' | 'labels'>): JsonObject {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: {
      name,
      namespace,
      finalizers: ['resources-finalizer.argocd.argoproj.io'],
      ...(labels === undefined ? {} : { labels }),
    },
    spec: {
      project,
      destination: { server: 'https://kubernetes.default.svc', namespace: name },
      source: { repoURL: 'https://git.example.com/apps.git', path: `apps/${name}`, targetRevision: 'HEAD' },
      syncPolicy: { automated: {} },
    },
  };
}
