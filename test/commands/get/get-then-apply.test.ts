import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { BareClient, workEvent } from '../../standin/client.ts';
import { runCli } from '../../support/run-cli.ts';

let maestro: StandIn;
let client: BareClient;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { online: false } });
  client = new BareClient(maestro.grpcEndpoint);
});
afterAll(async () => {
  client.close();
  await maestro.close();
});

const manifests = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a', namespace: 'b', creationTimestamp: null },
    data: { a: '1' },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'b' }, spec: {}, status: {} },
];

/** Left out, null, at the zero of its type, or set: what clients of the Go types send, and others may. */
function anyOf(zero: unknown, ...values: readonly unknown[]): fc.Arbitrary<unknown> {
  return fc.constantFrom<unknown>(undefined, null, zero, ...values);
}

function record(fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .record(fields)
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)));
}

const maybe = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.option(arbitrary, { nil: undefined });
const rules = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(fc.constantFrom(undefined, null, []), fc.array(arbitrary, { minLength: 1, maxLength: 2 }));
const identifiers = [
  { group: '', resource: 'configmaps', name: 'a', namespace: 'b' },
  { resource: 'namespaces', name: 'b' },
];
const ignored = record({
  condition: fc.constantFrom('OnSpokePresent', 'OnSpokeChange'),
  jsonPaths: anyOf([], ['.data']),
  jsonPointers: anyOf([], ['/data/a']),
  jqPathExpressions: anyOf([], ['.data | keys']),
});
const strategy = record({
  type: fc.constantFrom('Update', 'CreateOnly', 'ServerSideApply', 'ReadOnly'),
  serverSideApply: maybe(
    record({ force: anyOf(false, true), fieldManager: anyOf('', 'work-agent-x'), ignoreFields: rules(ignored) }),
  ),
});
const feedback = fc.oneof(
  record({ type: fc.constant('WellKnownStatus'), jsonPaths: anyOf([]) }),
  record({
    type: fc.constant('JSONPaths'),
    jsonPaths: fc.constant([
      { name: 'a', version: '', path: '.metadata.name' },
      { name: 'b', path: '.metadata.uid' },
    ]),
  }),
  // Maestro keeps what agents make nothing of.
  record({ type: anyOf('') }),
);
const condition = record({
  condition: anyOf('', 'Complete'),
  type: anyOf('', 'CEL', 'WellKnownConditions'),
  celExpressions: anyOf([], ['true']),
  message: anyOf('', 'done'),
  messageExpression: anyOf(''),
});
const config = (resourceIdentifier: object): fc.Arbitrary<unknown> =>
  record({
    resourceIdentifier: fc.constant(resourceIdentifier),
    feedbackRules: rules(feedback),
    feedbackScrapeType: anyOf('', 'Poll', 'Watch'),
    updateStrategy: fc.oneof(fc.constantFrom(undefined, null), strategy),
    conditionRules: rules(condition),
  });
const orphans = record({
  orphaningRules: fc.constantFrom(
    undefined,
    null,
    [],
    [identifiers[0]],
    [{ group: '', resource: 'namespaces', name: 'b', namespace: '' }],
  ),
});
const options = record({
  manifestConfigs: fc.oneof(
    fc.constantFrom(undefined, null, []),
    fc.tuple(...identifiers.map((identifier) => config(identifier))),
  ),
  deleteOption: fc.oneof(
    fc.constantFrom(undefined, null, {}),
    record({
      propagationPolicy: anyOf('', 'Foreground', 'Orphan', 'SelectivelyOrphan'),
      selectivelyOrphans: fc.oneof(fc.constantFrom(undefined, null, {}), orphans),
      ttlSecondsAfterFinished: anyOf(0, 30),
    }),
  ),
});

let count = 0;

/** Stores a work as another client of the same source would, field by field. */
async function store(extra: Record<string, unknown>): Promise<string> {
  count += 1;
  const name = `w${count}`;
  const id = bundleId('maestro-cli', 'c1', name);
  const answer = await client.publish({ event: workEvent('create', { id, consumer: 'c1', name, manifests, extra }) });
  expect(answer).toEqual({ code: 0, message: '' });
  return name;
}

const named = (name: string): readonly string[] => [`--name=${name}`, '-c', 'c1'];

describe('what get and build print', () => {
  it.each(['manifestwork', 'yaml', 'json'])(
    'as %s is taken back by apply, unchanged, whatever a server holds',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(options, async (extra) => {
          const name = await store(extra);
          const got = await runCli(['get', ...named(name), '-o', format], { endpoints: maestro });
          expect(got.exitCode).toBe(0);
          const applied = await runCli(['apply', '-f', '-', '-c', 'c1'], { endpoints: maestro, stdin: got.stdout });
          expect([applied.exitCode, applied.stdout, applied.exitCode === 0 ? '' : applied.stderr]).toEqual([
            0,
            `manifestwork.work.open-cluster-management.io/${name} unchanged (version 1)\n`,
            '',
          ]);
        }),
        { numRuns: 20 },
      );
    },
  );

  it('is right to validate after a merge, too', async () => {
    await fc.assert(
      fc.asyncProperty(options, async (extra) => {
        const name = await store(extra);
        const more = JSON.stringify({
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'more', namespace: 'b' },
        });
        const built = await runCli(['build', ...named(name), '-f', '-'], { endpoints: maestro, stdin: more });
        expect(built.exitCode, built.stderr).toBe(0);
        const checked = await runCli(['validate', '-f', '-'], { stdin: built.stdout });
        expect(checked.exitCode, checked.stdout).toBe(0);
      }),
      { numRuns: 10 },
    );
  });

  it('holds for a work with an executor that was applied here', async () => {
    const work = {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'executed' },
      spec: {
        workload: { manifests },
        executor: { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'b', name: 'c' } } },
      },
    };
    const first = await runCli(['apply', '-f', '-', '-c', 'c1'], { endpoints: maestro, stdin: JSON.stringify(work) });
    expect(first.exitCode, first.stderr).toBe(0);
    const got = await runCli(['get', ...named('executed'), '-o', 'manifestwork'], { endpoints: maestro });
    const applied = await runCli(['apply', '-f', '-', '-c', 'c1'], { endpoints: maestro, stdin: got.stdout });
    expect(applied.stdout, applied.stderr).toContain('unchanged (version 1)');
  });
});

it.each(['', ' --waves=1'])(
  'a stale document is refused for the version that it names, whichever way it goes out%s',
  async (more) => {
    const document = (value: string, version = ''): string =>
      `{apiVersion: work.open-cluster-management.io/v1, kind: ManifestWork, metadata: {name: stale${version}}, spec: {workload: {manifests: [{apiVersion: v1, kind: ConfigMap, metadata: {name: stale, namespace: default}, data: {a: "${value}"}}]}}}`;
    const apply = (text: string, flags = ''): ReturnType<typeof runCli> =>
      runCli(`apply -f - -c c1${flags}`.split(' '), { endpoints: maestro, stdin: text });
    for (const value of ['one', 'two']) expect(await apply(document(value))).toMatchObject({ exitCode: 0 });
    const done = await apply(document('three', ', resourceVersion: "1"'), more);
    expect(done).toMatchObject({ exitCode: 5, stdout: '' });
    expect(done.stderr).toMatch(
      /the document was read at version 1 \(metadata\.resourceVersion\), but version \d is stored/,
    );
  },
);
