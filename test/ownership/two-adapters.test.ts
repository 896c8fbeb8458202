import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { emptyFolder, runCli, type CliRun } from '../support/run-cli.ts';

/**
 * The timelines of two adapters on one work, with the command lines as they are written there: nobody names a manager.
 */
let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['cluster-west-1'], agent: { online: false } });
});
afterAll(() => maestro.close());

let works = 0;
let work = '';
let cwd = '';
beforeEach(() => {
  work = `hyperfleet-cluster-west-1-${(works += 1)}`;
  cwd = emptyFolder();
});

const cli = (line: string, files: Readonly<Record<string, string>> = {}): Promise<CliRun> =>
  runCli(line.split(' '), { endpoints: maestro, cwd, files });
const get = async (): Promise<string> => (await cli(`get --name=${work} --consumer=cluster-west-1 -o yaml`)).stdout;
const apply = (file: string, text: string, more = ''): Promise<CliRun> =>
  cli(`apply --manifest-file=${file} --consumer=cluster-west-1${more}`, { [file]: text });

interface Document {
  readonly metadata: { readonly resourceVersion?: string };
  readonly spec: {
    readonly workload: { readonly manifests: readonly { readonly metadata: { readonly name: string } }[] };
  };
}
const manifestsIn = (text: string): Document['spec']['workload']['manifests'] =>
  (parse(text) as Document).spec.workload.manifests;
const stored = async (): Promise<readonly string[]> => manifestsIn(await get()).map(({ metadata }) => metadata.name);

const configMap = (name: string): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'np' },
});
const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'np' } };

/** The document with these manifests in the place of its own; all else as it was read. */
function holding(text: string, manifests: readonly object[]): string {
  const document = parse(text) as Document;
  return stringify({ ...document, spec: { ...document.spec, workload: { manifests } } });
}
const adding = (text: string, name: string): string => holding(text, [...manifestsIn(text), configMap(name)]);

async function initially(...manifests: readonly object[]): Promise<void> {
  const text = stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name: work },
    spec: { workload: { manifests } },
  });
  expect(await apply('job.yaml', text)).toMatchObject({ exitCode: 0 });
}

describe('critical race condition: initial ManifestWork contains [namespace, configmap]', () => {
  it('T1 A fetches, T2 B fetches, T3 A adds nodepool, T4 B adds IDP: B exits 5, and nodepool is not lost', async () => {
    await initially(namespace, configMap('configmap'));
    const [a, b] = [await get(), await get()];
    expect(await apply('a.yaml', adding(a, 'nodepool'))).toMatchObject({ exitCode: 0 });
    const late = await apply('b.yaml', adding(b, 'idp'), ' --results-path=result.json');
    expect(late).toMatchObject({ exitCode: 5, stdout: '' });
    expect(late.stderr).toContain(
      `${work} on cluster-west-1: the document was read at version 1 (metadata.resourceVersion), but version 2 is stored`,
    );
    expect(JSON.parse(late.files['result.json'] ?? '')).toMatchObject({ status: 'Failed' });
    expect(await stored()).toEqual(['np', 'configmap', 'nodepool']);
    // Read again, as the hint says, it goes through.
    expect(await apply('b.yaml', adding(await get(), 'idp'))).toMatchObject({ exitCode: 0 });
    expect(await stored()).toEqual(['np', 'configmap', 'nodepool', 'idp']);
  });
});

describe('version conflict', () => {
  it('T1 A fetches v1, T2 B fetches v1, T3 A submits v1 to v2, T4 B submits, still v1: rejected', async () => {
    await initially(configMap('resource1'));
    const [a, b] = [await get(), await get()];
    expect((parse(a) as Document).metadata.resourceVersion).toBe('1');
    expect(await apply('a.yaml', adding(a, 'resource2'))).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('updated (version 2)') as string,
    });
    expect(await apply('b.yaml', adding(b, 'resource3'))).toMatchObject({ exitCode: 5, stdout: '' });
    expect(await stored()).toEqual(['resource1', 'resource2']);
  });
});

describe('resource loss', () => {
  it('T1 A fetches v1, T2 A submits [resource1, resource2], T3 B fetches v2, T4 B submits [resource1, resource3]: the loss is refused or told', async () => {
    await initially(configMap('resource1'));
    expect(await apply('a.yaml', adding(await get(), 'resource2'))).toMatchObject({ exitCode: 0 });
    const b = holding(await get(), [configMap('resource1'), configMap('resource3')]);
    const refused = await apply('b.yaml', b, ' --no-remove');
    expect(refused).toMatchObject({ exitCode: 10, stdout: '' });
    expect(refused.stderr).toContain('this would remove ConfigMap/np/resource2');
    expect(await stored()).toEqual(['resource1', 'resource2']);
  });

  it('with build, which adds: nothing is lost, whatever B gives', async () => {
    await initially(configMap('resource1'));
    expect(await apply('a.yaml', adding(await get(), 'resource2'))).toMatchObject({ exitCode: 0 });
    const given = stringify(configMap('resource3'));
    expect(
      await cli(`build --name=${work} --consumer=cluster-west-1 --source-file=b.yaml --apply`, { 'b.yaml': given }),
    ).toMatchObject({ exitCode: 0 });
    expect(await stored()).toEqual(['resource1', 'resource2', 'resource3']);
  });
});

describe('a document that was read', () => {
  it('may be one of several, in a list or in JSON: each is under its own version', async () => {
    await initially(configMap('one'));
    const first = work;
    const list = await cli('list --consumer=cluster-west-1 -o yaml');
    const asJson = (await cli(`get --name=${work} --consumer=cluster-west-1 -o json`)).stdout;
    expect(await apply('a.yaml', adding(await get(), 'two'))).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(asJson)).toMatchObject({ metadata: { resourceVersion: '1' } });
    const changed = JSON.stringify({
      ...(JSON.parse(asJson) as Document),
      spec: { workload: { manifests: [configMap('three')] } },
    });
    expect(await apply('b.json', changed)).toMatchObject({ exitCode: 5, stdout: '' });
    // The same list again: all but the work that was changed since are as they are stored.
    const again = await cli('apply --manifest-file=list.yaml', { 'list.yaml': list.stdout });
    expect(again.exitCode).toBe(5);
    expect(again.stderr).toContain(`${first} on cluster-west-1: the document was read at version 1`);
    expect(again.stderr).not.toContain('updated');
  });

  it('is written over what is stored by --overwrite, aloud, and by nothing else', async () => {
    await initially(configMap('one'));
    const read = await get();
    expect(await apply('a.yaml', adding(read, 'two'))).toMatchObject({ exitCode: 0 });
    for (const more of ['', ' --force', ' --merge', ' --merge --conflict-retries=3', ' --dry-run=server']) {
      expect(await apply('b.yaml', adding(read, 'three'), more)).toMatchObject({ exitCode: 5, stdout: '' });
    }
    const over = await apply('b.yaml', adding(read, 'three'), ' --overwrite');
    expect(over.exitCode).toBe(0);
    expect(over.stderr).toContain(
      `${work}: the document was read at version 1; --overwrite writes over whatever is stored`,
    );
    expect(await stored()).toEqual(['one', 'three']);
  });

  it.each(['', '0', undefined])('at %j names no version, as in Kubernetes', async (resourceVersion) => {
    await initially(configMap('one'));
    const document = parse(await get()) as Document;
    const text = adding(stringify({ ...document, metadata: { ...document.metadata, resourceVersion } }), 'two');
    expect(await apply('a.yaml', adding(await get(), 'between'))).toMatchObject({ exitCode: 0 });
    expect(await apply('b.yaml', text)).toMatchObject({ exitCode: 0 });
    expect(await stored()).toEqual(['one', 'two']);
  });

  it.each([
    {
      version: 'latest',
      message:
        'metadata.resourceVersion: Invalid value: "latest": it is no version of a work (leave it out, or read the work again with get -o yaml)',
    },
    { version: '1.5', message: 'metadata.resourceVersion: Invalid value: "1.5"' },
    { version: 3, message: 'metadata.resourceVersion: expected text, found the number 3 (put the value in quotes)' },
  ])('at $version is invalid, for validate too', async ({ version, message }) => {
    const text = stringify({
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: work, resourceVersion: version },
      spec: { workload: { manifests: [configMap('a')] } },
    });
    const applied = await apply('a.yaml', text);
    expect(applied).toMatchObject({ exitCode: 4, stdout: '' });
    expect(applied.stderr).toContain(message);
    const validated = await cli('validate -f a.yaml');
    expect(validated).toMatchObject({ exitCode: 4 });
    expect(validated.stdout).toContain(message);
  });

  it('and another version of --if-version contradict each other; the same one is none', async () => {
    await initially(configMap('one'));
    const read = await get();
    const contradiction = await apply('a.yaml', adding(read, 'two'), ' --if-version=2');
    expect(contradiction).toMatchObject({ exitCode: 2, stdout: '' });
    expect(contradiction.stderr).toContain(
      `${work} was read at version 1 (metadata.resourceVersion), which contradicts --if-version=2`,
    );
    expect(await apply('a.yaml', adding(read, 'two'), ' --if-version=1')).toMatchObject({ exitCode: 0 });
  });

  it('of a work that is gone is not created again', async () => {
    const text = stringify({
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: work, resourceVersion: '4' },
      spec: { workload: { manifests: [configMap('a')] } },
    });
    const applied = await apply('a.yaml', text);
    expect(applied).toMatchObject({ exitCode: 5, stdout: '' });
    expect(applied.stderr).toContain('but it does not exist');
    expect(applied.stderr).toContain('To create it, leave metadata.resourceVersion out');
  });

  it('goes to one consumer only; -o manifestwork is for files that are kept', async () => {
    await initially(configMap('one'));
    const kept = (await cli(`get --name=${work} --consumer=cluster-west-1 -o manifestwork`)).stdout;
    expect(kept).not.toContain('resourceVersion');
    const read = (await get()).replace(/^ {2}namespace: cluster-west-1\n/m, '');
    const fleet = await cli('apply --manifest-file=a.yaml --consumer=cluster-west-1 --consumer=cluster-east-2', {
      'a.yaml': read,
    });
    expect(fleet).toMatchObject({ exitCode: 2, stdout: '' });
    expect(fleet.stderr).toContain('each of 2 consumers has a work with a version of its own');
  });

  it('is compared by diff under its version, too', async () => {
    await initially(configMap('one'));
    const read = await get();
    expect(await cli('diff --manifest-file=a.yaml', { 'a.yaml': adding(read, 'two') })).toMatchObject({ exitCode: 1 });
    expect(await apply('a.yaml', adding(read, 'two'))).toMatchObject({ exitCode: 0 });
    expect(await cli('diff --manifest-file=b.yaml', { 'b.yaml': adding(read, 'three') })).toMatchObject({
      exitCode: 5,
      stdout: '',
    });
  });
});
