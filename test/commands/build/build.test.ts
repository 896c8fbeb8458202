import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseFor } from '../../support/parse-for.ts';
import { buildCommand } from '../../../src/commands/build/command.ts';
import { managersAnnotation } from '../../../src/core/works/own-annotations.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { emptyFolder, runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';
import { resultOf } from '../support/result.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
});
afterAll(() => maestro.close());

const run = (argv: readonly string[], options: CliOptions = {}): Promise<CliRun> =>
  runCli(argv, { endpoints: maestro, ...options });

const configMap = (name: string, value = 'one'): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data: { value },
});
const configOf = (name: string): object => ({
  resourceIdentifier: { group: '', resource: 'configmaps', namespace: 'default', name },
  updateStrategy: { type: 'CreateOnly' },
});
const workOf = (manifests: readonly object[], more: object = {}): object => ({
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: { name: 'other' },
  spec: { workload: { manifests }, ...more },
});
const holding = (text: string): unknown => expect.stringContaining(text);
const json = (value: unknown): string => JSON.stringify(value);

interface Document {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly workload: { readonly manifests: readonly object[] };
    readonly manifestConfigs?: readonly object[];
    readonly executor?: object;
  };
}
const documentOf = (text: string | undefined): Document => parse(text ?? '') as Document;
const manifestsOf = (text: string | undefined): readonly object[] => documentOf(text).spec.workload.manifests;

/** Stores a work as some manager. */
async function store(name: string, manifests: readonly object[], ...argv: readonly string[]): Promise<void> {
  const done = await run(['apply', '-f', '-', '-c', 'c1', `--name=${name}`, ...argv], {
    stdin: json(workOf(manifests)),
  });
  expect(done.exitCode, done.stderr).toBe(0);
}

const stored = async (name: string): Promise<Document> =>
  documentOf((await run(['get', `--name=${name}`, '-c', 'c1', '-o', 'yaml'])).stdout);

async function sentBy(doing: () => Promise<CliRun>): Promise<readonly [CliRun, readonly string[]]> {
  const before = maestro.publishes().length;
  const done = await doing();
  return [
    done,
    maestro
      .publishes()
      .slice(before)
      .map(({ type, version }) => `${type.split('.').at(-1)} ${version}`),
  ];
}

describe('argv', () => {
  const needed = ['--name=w', '--consumer=c1', '-f', 'f'];
  it.each([
    {
      argv: needed,
      options: {
        files: ['f'],
        drops: [],
        noRemove: false,
        conflictRetries: 0,
        name: 'w',
        consumer: 'c1',
        strategy: 'merge',
        apply: false,
        dryRun: false,
        force: false,
        output: 'yaml',
        manager: 'maestro-cli',
        timeoutMs: 30_000,
      },
    },
    { argv: [...needed, '--source-file=g', '--manifest-file', 'h'], options: { files: ['f', 'g', 'h'] } },
    { argv: [...needed, '--strategy=replace', '--force'], options: { strategy: 'replace', force: true } },
    {
      argv: [...needed, '--apply', '--wait'],
      options: { apply: true, await: { text: 'Available' }, timeoutMs: 270_000 },
    },
    { argv: [...needed, '--apply', '--watch', '--via=stream'], options: { via: 'stream' } },
    { argv: [...needed, '--apply', '--watch'], options: { await: { text: 'Applied' } } },
    { argv: [...needed, '--apply'], options: { conflictRetries: 5 } },
    { argv: [...needed, '--apply', '--strategy=replace'], options: { conflictRetries: 0 } },
    {
      argv: ['-n', 'w', '-c', 'c1', '--remove=ConfigMap/default/a', '--remove', 'Deployment.apps/b'],
      options: { files: [], drops: [{ name: 'a' }, { name: 'b' }] },
    },
    { argv: [...needed, '--apply', '--conflict-retries=2'], options: { conflictRetries: 2 } },
    { argv: [...needed, '--output-file=o', '-o', 'json'], options: { outputFile: 'o', output: 'json' } },
  ])('$argv', ({ argv, options }) => {
    expect(parseFor(buildCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['--name=w', '-c', 'c1'], message: 'nothing to merge in' },
    { argv: ['-c', 'c1', '-f', 'f'], message: '--name is required: it names the work to build on' },
    { argv: ['--name=w', '-f', 'f'], message: '--consumer is required: it names the target cluster' },
    {
      argv: [...needed, '--apply', '--via=stream'],
      message: '--via is for --watch and --wait: nothing else is waited for',
    },
    { argv: [...needed, '--watch'], message: '--watch and --wait need --apply: building writes nothing' },
    {
      argv: [...needed, '--apply', '--watch', '--dry-run'],
      message: '--dry-run sends nothing, so there is nothing to wait for',
    },
    { argv: [...needed, '--strategy=append'], message: '--strategy does not know "append"' },
    { argv: [...needed, '--conflict-retries=1'], message: '--conflict-retries needs --apply and --strategy=merge' },
    {
      argv: [...needed, '--apply', '--strategy=replace', '--conflict-retries=1'],
      message: '--conflict-retries needs --apply and --strategy=merge',
    },
    {
      argv: [...needed, '--remove=ConfigMap'],
      message: '--remove takes Kind[.group]/[namespace/]name, and "ConfigMap" has no name',
    },
    {
      argv: [...needed, '--strategy=replace', '--remove=ConfigMap/a'],
      message: '--remove is for --strategy=merge: a replacement removes all that is not given',
    },
    { argv: [...needed, '-o', 'table'], message: '--output does not know "table"' },
  ])('$argv is a usage error', ({ argv, message }) => {
    expect(usageErrorOf(() => parseFor(buildCommand, argv)).message).toBe(message);
  });
});

describe('a source', () => {
  const added = configMap('added');
  it.each([
    { form: 'a ManifestWork', file: json(workOf([added], { manifestConfigs: [configOf('added')] })), configs: 1 },
    { form: 'one plain manifest', file: json(added), configs: 0 },
    {
      form: 'plain manifests, one document each',
      file: `${json(added)}\n---\n${json(configMap('more'))}\n`,
      configs: 0,
      more: [configMap('more')],
    },
    { form: 'a List', file: json({ apiVersion: 'v1', kind: 'List', items: [added] }), configs: 0 },
    { form: 'a bare array', file: json([added]), configs: 0 },
    {
      form: 'a spec',
      file: json({ spec: { workload: { manifests: [added] }, manifestConfigs: [configOf('added')] } }),
      configs: 1,
    },
    {
      form: 'a workload',
      file: json({ workload: { manifests: [added] }, manifestConfigs: [configOf('added')] }),
      configs: 1,
    },
    {
      form: 'a list of manifests by name',
      file: json({ manifests: [added], manifestConfigs: [configOf('added')] }),
      configs: 1,
    },
  ])('may be $form', async ({ form, file, configs, more = [] }) => {
    const name = `form-${form.replace(/[^a-z]+/gi, '-').toLowerCase()}`;
    await store(name, [configMap('kept')], '--manager=landing-zone');
    const built = await run(['build', `--name=${name}`, '-c', 'c1', '-f', 's.yaml', '--manager=idp'], {
      files: { 's.yaml': file },
    });
    expect(built).toMatchObject({ exitCode: 0, stderr: '' });
    expect(manifestsOf(built.stdout)).toEqual([configMap('kept'), added, ...more]);
    expect(documentOf(built.stdout).metadata).toMatchObject({ name, namespace: 'c1' });
    expect(documentOf(built.stdout).spec.manifestConfigs ?? []).toEqual(configs === 0 ? [] : [configOf('added')]);
  });

  it.each([
    { form: 'an empty list', file: '[]', code: 4 },
    { form: 'a list of no manifests', file: '[1, 2]', code: 4 },
    { form: 'text', file: 'hello', code: 4 },
    { form: 'an empty workload', file: json({ workload: {} }), code: 4 },
    { form: 'two ManifestWorks', file: `${json(workOf([added]))}\n---\n${json(workOf([configMap('more')]))}`, code: 2 },
    { form: 'nothing', file: '', code: 4 },
    {
      form: 'a manifest without a name',
      file: '[{"apiVersion":"v1","kind":"ConfigMap","metadata":{}}]',
      code: 4,
      at: 's.yaml:1:40',
    },
  ])('may not be $form', async ({ file, code, at }) => {
    const [built, sent] = await sentBy(() =>
      run(['build', '--name=w', '-c', 'c1', '-f', 's.yaml'], { files: { 's.yaml': file } }),
    );
    expect(built).toMatchObject({ exitCode: code, stdout: '' });
    if (at !== undefined) expect(built.stderr).toContain(at);
    expect(sent).toEqual([]);
  });
});

describe('the document', () => {
  it('is the same in a file, in JSON and on standard output, and build sends nothing', async () => {
    await store('outputs', [configMap('kept')], '--manager=landing-zone');
    const argv = ['build', '--name=outputs', '-c', 'c1', '-f', 's.json'];
    const files = { 's.json': json(configMap('added')) };
    const [printed, sent] = await sentBy(() => run(argv, { files }));
    expect(sent).toEqual([]);
    const filed = await run([...argv, '--output-file=out.yaml'], { files });
    expect(filed).toMatchObject({ exitCode: 0, stdout: '' });
    expect(filed.files['out.yaml']).toBe(printed.stdout);
    const asJson = await run([...argv, '-o', 'json'], { files });
    expect(JSON.parse(asJson.stdout)).toEqual(documentOf(printed.stdout));
    expect(documentOf(printed.stdout).metadata).toMatchObject({ resourceVersion: '1' });
  });

  it('applies under the version that it was built from, once and again, and every owner stays', async () => {
    await store('pipe', [configMap('kept')], '--manager=landing-zone');
    const cwd = emptyFolder();
    const built = await run(['build', '--name=pipe', '-c', 'c1', '-f', 's.json', '--manager=idp'], {
      cwd,
      files: { 's.json': json(configMap('idp')) },
    });
    const [applied, sent] = await sentBy(() => run(['apply', '-f', '-'], { stdin: built.stdout }));
    expect(applied).toMatchObject({
      exitCode: 0,
      stdout: 'manifestwork.work.open-cluster-management.io/pipe updated (version 2)\n',
    });
    expect(sent).toEqual(['update_request 1']);
    const after = await stored('pipe');
    expect(after.spec.workload.manifests).toEqual([configMap('kept'), configMap('idp')]);
    expect(after.metadata.annotations).toEqual({
      [managersAnnotation]: '{"idp":["ConfigMap/default/idp"],"landing-zone":["ConfigMap/default/kept"]}',
    });
    const [again, sentAgain] = await sentBy(() => run(['apply', '-f', '-'], { stdin: built.stdout }));
    expect(again).toMatchObject({ exitCode: 0, stdout: holding('unchanged (version 2)') });
    expect(sentAgain).toEqual([]);
    const second = await run(['build', '--name=pipe', '-c', 'c1', '-f', 's.json', '--manager=idp'], {
      files: { 's.json': json(configMap('idp', 'two')) },
    });
    const changed = await run(['apply', '-f', '-'], { stdin: second.stdout });
    expect(changed).toMatchObject({ exitCode: 0, stdout: holding('updated (version 3)') });
    expect((await stored('pipe')).spec.workload.manifests).toEqual([configMap('kept'), configMap('idp', 'two')]);
  });

  it('is applied as the manager that apply is told of, before the one that it was built for', async () => {
    await store('told', [configMap('kept')], '--manager=landing-zone');
    const built = await run(['build', '--name=told', '-c', 'c1', '-f', '-', '--manager=idp'], {
      stdin: json(configMap('idp')),
    });
    await run(['apply', '-f', '-', '--manager=ingress'], { stdin: built.stdout });
    expect((await stored('told')).metadata.annotations).toEqual({
      [managersAnnotation]: '{"ingress":["ConfigMap/default/idp"],"landing-zone":["ConfigMap/default/kept"]}',
    });
  });

  it('is refused with exit 5 when somebody wrote meanwhile, and nothing is sent', async () => {
    await store('meanwhile', [configMap('kept')], '--manager=landing-zone');
    const built = await run(['build', '--name=meanwhile', '-c', 'c1', '-f', '-', '--manager=idp'], {
      stdin: json(configMap('idp')),
    });
    await store('meanwhile', [configMap('nodepool')], '--manager=nodepool', '--merge');
    const [applied, sent] = await sentBy(() => run(['apply', '-f', '-'], { stdin: built.stdout }));
    expect(applied).toMatchObject({ exitCode: 5, stdout: '' });
    expect(applied.stderr).toContain(
      'the document was read at version 1 (metadata.resourceVersion), but version 2 is stored',
    );
    expect(sent).toEqual([]);
    expect((await stored('meanwhile')).spec.workload.manifests).toEqual([configMap('kept'), configMap('nodepool')]);
  });

  it('of a work that does not exist is built from version 0, and applies only while there is none', async () => {
    const built = await run(['build', '--name=fresh', '-c', 'c1', '-f', '-'], { stdin: json(configMap('first')) });
    expect(documentOf(built.stdout).metadata.annotations).toEqual({ 'maestro-cli.hyperfleet.io/built-from': '0' });
    await store('fresh', [configMap('faster')]);
    expect(await run(['apply', '-f', '-'], { stdin: built.stdout })).toMatchObject({ exitCode: 5 });
    const [created, sent] = await sentBy(() =>
      run(['apply', '-f', '-'], { stdin: built.stdout.replaceAll('fresh', 'fresher') }),
    );
    expect(created).toMatchObject({ exitCode: 0, stdout: holding('fresher created (version 1)') });
    expect(sent).toEqual([expect.stringMatching(/^create_request/)]);
    expect((await stored('fresher')).metadata.annotations).toBeUndefined();
  });

  it('with a version that is none is refused', async () => {
    const text = `${json({ ...workOf([configMap('a')]), metadata: { name: 'x', annotations: { 'maestro-cli.hyperfleet.io/built-from': 'latest' } } })}\n`;
    const applied = await run(['apply', '-f', '-', '-c', 'c1'], { stdin: text });
    expect(applied).toMatchObject({ exitCode: 4, stdout: '' });
    expect(applied.stderr).toContain('is "latest", which is no version');
  });

  it('keeps the executor that is stored', async () => {
    const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'np', name: 'deployer' } } };
    const done = await run(['apply', '-f', '-', '-c', 'c1', '--name=executed', '--manager=landing-zone'], {
      stdin: json(workOf([configMap('kept')], { executor })),
    });
    expect(done.exitCode, done.stderr).toBe(0);
    const built = await run(['build', '--name=executed', '-c', 'c1', '-f', '-', '--manager=idp'], {
      stdin: json(configMap('idp')),
    });
    expect(documentOf(built.stdout).spec.executor).toEqual(executor);
    await run(['apply', '-f', '-'], { stdin: built.stdout });
    expect((await stored('executed')).spec).toMatchObject({
      executor,
      workload: { manifests: [configMap('kept'), configMap('idp')] },
    });
  });

  it('for a consumer that does not exist is exit 3', async () => {
    expect(await run(['build', '--name=w', '-c', 'nowhere', '-f', '-'], { stdin: json(configMap('a')) })).toMatchObject(
      { exitCode: 3, stdout: '' },
    );
  });
});

describe('ownership', () => {
  const conflicting = json(configMap('kept', 'changed'));
  it.each([
    { what: 'a merge that changes what another owns', argv: [], code: 10 },
    { what: 'the same by force', argv: ['--force'], code: 0, manifests: [configMap('kept', 'changed')] },
    { what: 'a replacement', argv: ['--strategy=replace'], code: 10 },
    {
      what: 'a replacement by force',
      argv: ['--strategy=replace', '--force'],
      code: 0,
      manifests: [configMap('kept', 'changed')],
    },
  ])('$what', async ({ what, argv, code, manifests }) => {
    const name = `own-${what.replace(/[^a-z]+/g, '-')}`;
    await store(name, [configMap('kept')], '--manager=landing-zone');
    const [built, sent] = await sentBy(() =>
      run(['build', `--name=${name}`, '-c', 'c1', '-f', '-', '--manager=idp', ...argv], { stdin: conflicting }),
    );
    expect(built).toMatchObject({ exitCode: code });
    expect(sent).toEqual([]);
    if (manifests === undefined) {
      expect(built.stdout).toBe('');
      expect(built.stderr).toContain('ConfigMap/default/kept of landing-zone would be changed');
    } else expect(manifestsOf(built.stdout)).toEqual(manifests);
  });
});

describe('--apply', () => {
  it('merges, writes, waits, and leaves one result file', async () => {
    await store('at-once', [configMap('kept')], '--manager=landing-zone');
    const [done, sent] = await sentBy(() =>
      run(
        [
          'build',
          '--name=at-once',
          '-c',
          'c1',
          '-f',
          '-',
          '--manager=idp',
          '--apply',
          '--watch',
          '--results-path=result.json',
        ],
        { stdin: json(configMap('idp')) },
      ),
    );
    expect(done).toMatchObject({ exitCode: 0, stdout: holding('at-once updated (version 2)\n') });
    expect(sent).toEqual(['update_request 1']);
    expect(Object.keys(done.files)).toEqual(['result.json']);
    expect(resultOf(done)).toMatchObject({ manifestWorkName: 'at-once', consumer: 'c1', status: 'Applied' });
    expect((await stored('at-once')).metadata.annotations).toEqual({
      [managersAnnotation]: '{"idp":["ConfigMap/default/idp"],"landing-zone":["ConfigMap/default/kept"]}',
    });
  });

  it('creates what is not there', async () => {
    const done = await run(['build', '--name=created', '-c', 'c1', '-f', '-', '--apply'], {
      stdin: json({ manifests: [configMap('a')] }),
    });
    expect(done).toMatchObject({ exitCode: 0, stdout: holding('created created (version 1)') });
  });

  it('sends nothing in a dry run, and predicts', async () => {
    await store('dry', [configMap('kept')], '--manager=landing-zone');
    const [done, sent] = await sentBy(() =>
      run(['build', '--name=dry', '-c', 'c1', '-f', '-', '--manager=idp', '--apply', '--dry-run'], {
        stdin: json(configMap('idp')),
      }),
    );
    expect(done).toMatchObject({ exitCode: 0, stdout: holding('dry would be updated') });
    expect(sent).toEqual([]);
  });

  it('is refused like an apply, with a result file that says so', async () => {
    await store('refused', [configMap('kept')], '--manager=landing-zone');
    const [done, sent] = await sentBy(() =>
      run(
        [
          'build',
          '--name=refused',
          '-c',
          'c1',
          '-f',
          '-',
          '--manager=idp',
          '--strategy=replace',
          '--apply',
          '--results-path=result.json',
        ],
        { stdin: json(configMap('idp')) },
      ),
    );
    expect(done).toMatchObject({ exitCode: 10, stdout: '' });
    expect(resultOf(done)).toMatchObject({ status: 'Failed' });
    expect(sent).toEqual([]);
    const forced = await run(
      ['build', '--name=refused', '-c', 'c1', '-f', '-', '--manager=idp', '--strategy=replace', '--force', '--apply'],
      { stdin: json(configMap('idp')) },
    );
    expect(forced.exitCode).toBe(0);
    expect(forced.stderr).toContain('ConfigMap/default/kept of landing-zone would be removed (forced)');
    expect((await stored('refused')).spec.workload.manifests).toEqual([configMap('idp')]);
  });

  it('merges again after a conflict, unless it was told not to', async () => {
    await store('retried', [configMap('kept')], '--manager=landing-zone');
    const argv = ['build', '--name=retried', '-c', 'c1', '-f', '-', '--manager=idp', '--apply'];
    const interrupted = async (retries: readonly string[], value: string): Promise<CliRun> => {
      const { connectMaestro } = await import('../../../src/clients/connect.ts');
      const { systemClock } = await import('../../../src/clock.ts');
      let others = 0;
      return run([...argv, ...retries], {
        stdin: json(configMap('idp', value)),
        connect: async (settings) => {
          const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
          return {
            ...opened,
            writer: {
              ...opened.writer,
              publish: async (request, options) => {
                if ((others += 1) === 1)
                  await store('retried', [configMap('nodepool', value)], '--manager=nodepool', '--merge');
                await opened.writer.publish(request, options);
              },
            },
          };
        },
      });
    };
    expect(await interrupted(['--conflict-retries=0'], 'one')).toMatchObject({ exitCode: 5, stdout: '' });
    expect((await stored('retried')).spec.workload.manifests).toEqual([
      configMap('kept'),
      configMap('nodepool', 'one'),
    ]);
    expect(await interrupted([], 'two')).toMatchObject({ exitCode: 0, stdout: holding('updated') });
    expect((await stored('retried')).spec.workload.manifests).toEqual([
      configMap('kept'),
      configMap('nodepool', 'two'),
      configMap('idp', 'two'),
    ]);
  });
});

describe('adding', () => {
  const two = [configMap('np1'), configMap('np2')];
  const built = (name: string, manifests: readonly object[], ...argv: readonly string[]): Promise<CliRun> =>
    run(['build', `--name=${name}`, '-c', 'c1', '-f', '-', ...argv], { stdin: json({ manifests }) });

  it("is what the help's example does: a nodepool of the same manager stays, and so do its options", async () => {
    await run(['apply', '-f', '-', '-c', 'c1'], {
      stdin: json({
        ...workOf([configMap('np1')], { manifestConfigs: [configOf('np1')] }),
        metadata: { name: 'pool' },
      }),
    });
    const document = await built('pool', [configMap('np2')]);
    const applied = await run(['apply', '-f', '-'], { stdin: document.stdout });
    expect(applied).toMatchObject({
      exitCode: 0,
      stdout: 'manifestwork.work.open-cluster-management.io/pool updated (version 2)\n',
      stderr: '',
    });
    expect((await stored('pool')).spec).toMatchObject({
      workload: { manifests: two },
      manifestConfigs: [configOf('np1')],
    });
  });

  it('replaces what has the group, kind, namespace and name of a given one, and keeps its options when none are given', async () => {
    await run(['apply', '-f', '-', '-c', 'c1'], {
      stdin: json({ ...workOf(two, { manifestConfigs: [configOf('np1')] }), metadata: { name: 'replaced' } }),
    });
    expect(await built('replaced', [configMap('np1', 'two')], '--apply')).toMatchObject({ exitCode: 0 });
    expect((await stored('replaced')).spec).toMatchObject({
      workload: { manifests: [configMap('np1', 'two'), configMap('np2')] },
      manifestConfigs: [configOf('np1')],
    });
  });

  it('takes out what --remove names, with its options, beside what it adds or alone', async () => {
    await run(['apply', '-f', '-', '-c', 'c1'], {
      stdin: json({ ...workOf(two, { manifestConfigs: [configOf('np1')] }), metadata: { name: 'removed' } }),
    });
    expect(await built('removed', [configMap('np3')], '--remove=ConfigMap/default/np1', '--apply')).toMatchObject({
      exitCode: 0,
    });
    expect((await stored('removed')).spec.workload.manifests).toEqual([configMap('np2'), configMap('np3')]);
    expect((await stored('removed')).spec.manifestConfigs).toBeUndefined();
    const alone = ['build', '-n', 'removed', '-c', 'c1', '--remove=configmap/np2', '--apply'];
    expect(await run(alone)).toMatchObject({ exitCode: 0, stdout: holding('updated (version 3)') });
    expect(await run(alone)).toMatchObject({
      exitCode: 0,
      stdout: holding('unchanged (version 3)'),
      stderr: holding('removed: holds no configmap/np2; nothing to remove'),
    });
    expect(await run(['build', '-n', 'removed', '-c', 'c1', '--remove=ConfigMap/np3', '--apply'])).toMatchObject({
      exitCode: 2,
      stderr: holding('an empty work cannot be stored'),
    });
    expect(await run(['build', '-n', 'nowhere', '-c', 'c1', '--remove=ConfigMap/np3', '--apply'])).toMatchObject({
      exitCode: 3,
    });
    expect(await built('removed', [configMap('np3')], '--remove=ConfigMap/np3')).toMatchObject({
      exitCode: 2,
      stderr: holding('is given and named by --remove'),
    });
  });

  it("neither changes nor removes another manager's manifests without force", async () => {
    await store('others', two, '--manager=landing-zone');
    const argv = ['--manager=idp', '--apply'];
    expect(await built('others', [configMap('np1', 'two')], ...argv)).toMatchObject({
      exitCode: 10,
      stderr: holding('np1 of landing-zone would be changed'),
    });
    expect(await built('others', [configMap('idp')], '--remove=ConfigMap/np1', ...argv)).toMatchObject({
      exitCode: 10,
      stderr: holding('np1 of landing-zone would be removed'),
    });
    expect((await stored('others')).spec.workload.manifests).toEqual(two);
    expect(await built('others', [configMap('idp')], '--remove=ConfigMap/np1', '--force', ...argv)).toMatchObject({
      exitCode: 0,
    });
    expect((await stored('others')).spec.workload.manifests).toEqual([configMap('np2'), configMap('idp')]);
  });

  it('waits for what the work holds already as well as for what is added, and for nothing else', async () => {
    await store('waited', [configMap('np1')]);
    expect(await built('waited', [configMap('np2')], '--apply', '--watch=ConfigMap/np1:Applied')).toMatchObject({
      exitCode: 0,
      stdout: holding('condition met'),
    });
    const [refused, sent] = await sentBy(() =>
      built('waited', [configMap('np3')], '--apply', '--watch=ConfigMap/np9:Applied'),
    );
    expect(refused).toMatchObject({ exitCode: 2, stdout: '', stderr: holding('np9') });
    expect(sent).toEqual([]);
  });

  it('of a document that was read at an older version is a conflict, and is not made again', async () => {
    await store('stale', two);
    const read = await run(['get', '-n', 'stale', '-c', 'c1', '-o', 'yaml']);
    await store('stale', [configMap('np1', 'two'), configMap('np2')]);
    for (const argv of [['--apply'], []]) {
      expect(await run(['build', '-n', 'stale', '-c', 'c1', '-f', '-', ...argv], { stdin: read.stdout })).toMatchObject(
        { exitCode: 5, stdout: '', stderr: holding('was read at version 1') },
      );
    }
    expect((await stored('stale')).spec.workload.manifests).toEqual([configMap('np1', 'two'), configMap('np2')]);
  });
});

it('says of several works that it makes one, not that --name is too much', async () => {
  const two = ['a', 'b']
    .map(
      (name) =>
        `apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {name: ${name}}\nspec: {workload: {manifests: []}}\n`,
    )
    .join('---\n');
  const refused = await runCli(['build', '--name=w', '--consumer=c1', '-f', 'two.yaml'], {
    files: { 'two.yaml': two },
  });
  expect(refused).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('hint: build makes one work at a time; give it one ManifestWork.') as string,
  });
});
