import { describe, expect, test } from 'vitest';
import { configMapWork } from '../../acceptance/support/world.ts';
import { containerOf, envOf, jobOf, objectsOf, rendered } from '../../jobs/support/objects.ts';
import { runCli } from '../../support/run-cli.ts';

const files = { 'w.yaml': configMapWork('w') };
const least = ['--event-id=e1', '--consumer=c1', '-f', 'w.yaml'];

describe('job render gives', () => {
  test('everything that a Job needs, access and rules before it, and the same text each time', async () => {
    const argv = ['job', 'render', ...least, '--adapter=nodepool'];
    const [first, second] = [
      await runCli(argv, { files }),
      await runCli(argv, {
        files,
        env: { MAESTRO_GRPC_ENDPOINT: 'elsewhere:1', MAESTRO_MANAGER: 'm', MAESTRO_GRPC_TOKEN: 't' },
      }),
    ];
    expect(first.exitCode, first.stderr).toBe(0);
    expect(second.stdout).toBe(first.stdout);
    expect(objectsOf(first.stdout).map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'NetworkPolicy',
      'NetworkPolicy',
      'ConfigMap',
      'Job',
    ]);
  });

  test('one List as JSON, with the same objects', async () => {
    const run = await runCli(['job', 'render', ...least, '-o', 'json'], { files });
    expect(JSON.parse(run.stdout)).toEqual({ apiVersion: 'v1', kind: 'List', items: await rendered(least, files) });
  });

  test('the manifest as it is written, unchangeable, under the name of the Job', async () => {
    const [config] = await rendered([...least, '--part=job'], files);
    expect(config).toMatchObject({
      kind: 'ConfigMap',
      immutable: true,
      metadata: { name: 'maestro-handler-e1', namespace: 'hyperfleet-adapters' },
      data: { 'manifest.yaml': files['w.yaml'] },
    });
  });

  test('several files as one stream, from standard input too', async () => {
    const plain = {
      'a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}',
      'b.json': '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"}}',
    };
    const [config] = await rendered(
      ['apply', '--event-id=e1', '--consumer=c1', '--adapter=np', '-f', 'a.yaml', '-f', 'b.json', '--part=job'],
      plain,
    );
    const text = (config as { data: Record<string, string> }).data['manifest.yaml'] ?? '';
    expect(objectsOf(text).map(({ metadata }) => metadata)).toEqual([{ name: 'a' }, { name: 'b' }]);
    const run = await runCli(['job', 'render', 'apply', '--event-id=e1', '--consumer=c1', '-f', '-', '--part=job'], {
      stdin: files['w.yaml'],
    });
    expect(objectsOf(run.stdout)[0], run.stderr).toMatchObject({ data: { 'manifest.yaml': files['w.yaml'] } });
  });

  test('a Secret for a manifest with a Secret in it', async () => {
    const secret = { 's.yaml': 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: hidden}\n' };
    const objects = await rendered(
      ['apply', '--event-id=e1', '--consumer=c1', '--name=w', '-f', 's.yaml', '--part=job'],
      secret,
    );
    expect(objects[0]).toMatchObject({
      kind: 'Secret',
      type: 'Opaque',
      stringData: { 'manifest.yaml': secret['s.yaml'] },
    });
    expect(jobOf(objects).spec.template.spec['volumes']).toContainEqual({
      name: 'manifest-config',
      secret: { secretName: 'maestro-handler-e1' },
    });
  });

  test.each([
    ['apply', [], ['--manifest-file=/config/manifest.yaml', '--consumer=c1']],
    [
      'apply-and-wait',
      ['--for=Job:Complete', '--fail-on=Job:Failed', '--adapter=np'],
      [
        '--manifest-file=/config/manifest.yaml',
        '--name=hyperfleet-c1-np',
        '--adapter=np',
        '--consumer=c1',
        '--watch=Job:Complete',
        '--fail-on=Job:Failed',
      ],
    ],
    ['delete', ['--name=w'], ['--name=w', '--consumer=c1', '--watch']],
    [
      'wait',
      ['--adapter=np', '--for=Available'],
      ['--name=hyperfleet-c1-np', '--consumer=c1', '--condition=Available'],
    ],
    [
      'build-then-apply',
      ['--name=w'],
      ['--name=w', '--consumer=c1', '--source-file=/config/manifest.yaml', '--apply', '--watch'],
    ],
    ['validate', [], ['--manifest-file=/config/manifest.yaml', '--consumer=c1']],
  ])('the command line of %s', async (template, flags, expected) => {
    const manifest = ['delete', 'wait'].includes(template) ? [] : ['--manifest-config=m'];
    const command = containerOf(
      jobOf(await rendered([template, '--event-id=e1', '--consumer=c1', ...manifest, ...flags])),
      'maestro-cli',
    );
    expect(command.args?.slice(0, expected.length)).toEqual(expected);
    const rest = ['--timeout=4m30s', '--grpc-endpoint=maestro-grpc:8090', '--http-endpoint=maestro-http:8000'];
    expect(command.args?.slice(expected.length)).toEqual([...rest, '--results-path=/shared/results.json']);
  });

  test.each(['apply', 'apply-and-wait', 'build-then-apply', 'delete', 'wait', 'validate'])(
    '%s, which refuses to remove manifests when it writes, unless --set says otherwise',
    async (template) => {
      const manifest = ['delete', 'wait'].includes(template) ? [] : ['--manifest-config=m'];
      const envWith = async (...more: readonly string[]): Promise<string | undefined> =>
        envOf(
          containerOf(
            jobOf(await rendered([template, '--event-id=e1', '--consumer=c1', '--name=w', ...manifest, ...more])),
            'maestro-cli',
          ),
        )['MAESTRO_NO_REMOVE'];
      expect(await envWith()).toBe(/apply/.test(template) ? 'true' : undefined);
      expect(await envWith('--set', 'no-remove=false')).toBeUndefined();
    },
  );

  test('limits that follow from --timeout', async () => {
    const job = jobOf(await rendered([...least, '--timeout=90s', '--set', 'backoff-limit=1'], files));
    expect(envOf(containerOf(job, 'status-reporter'))['MAX_WAIT_TIME_SECONDS']).toBe('150');
    expect(job.spec).toMatchObject({ backoffLimit: 1, activeDeadlineSeconds: 2 * 210 + 10 });
  });

  test('no certificates and no token without TLS', async () => {
    const objects = await rendered([...least, '--grpc-plaintext'], files);
    const command = containerOf(jobOf(objects), 'maestro-cli');
    expect(command.args).toContain('--grpc-plaintext');
    expect(JSON.stringify(command)).not.toMatch(/tls|token/i);
  });

  test('certificates and token for both sides where both have TLS', async () => {
    const command = containerOf(
      jobOf(
        await rendered(
          [
            ...least,
            '--http-endpoint=https://maestro.maestro:8000',
            '--tls-secret=mine',
            '--set',
            'client-certificate=false',
          ],
          files,
        ),
      ),
      'maestro-cli',
    );
    expect(envOf(command)).toMatchObject({
      MAESTRO_GRPC_SERVER_CA_FILE: '/etc/maestro/tls/ca.crt',
      MAESTRO_HTTP_CA_FILE: '/etc/maestro/tls/ca.crt',
      MAESTRO_GRPC_TOKEN_FILE: '/var/run/secrets/maestro/token',
      MAESTRO_HTTP_TOKEN_FILE: '/var/run/secrets/maestro/token',
    });
    expect(envOf(command)).not.toHaveProperty('MAESTRO_GRPC_CLIENT_CERT');
  });

  test('text that Kubernetes does not expand', async () => {
    const command = containerOf(
      jobOf(await rendered([...least, '--sentinel-event-id=a$(EVENT_ID)b'], files)),
      'maestro-cli',
    );
    expect(envOf(command)['EVENT_ID']).toBe('a$$(EVENT_ID)b');
  });

  test('a trace that the container belongs to, given or left open, and none unless it is asked for', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const env = async (argv: readonly string[]): Promise<object> =>
      envOf(containerOf(jobOf(await rendered(argv, files)), 'maestro-cli'));
    expect(await env([...least, `--traceparent=${traceparent}`])).toMatchObject({ TRACEPARENT: traceparent });
    const open = ['--template', '--part=job', '--traceparent=${traceparent}'];
    expect(await env(open)).toMatchObject({ TRACEPARENT: '${traceparent}' });
    expect(await env(least)).not.toHaveProperty('TRACEPARENT');
    const refused = await runCli(['job', 'render', ...least, '--traceparent=1'], { files });
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' });
    expect(refused.stderr).toContain('--traceparent=1 is not as W3C Trace Context has it');
  });

  test.each([
    [[], [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'hyperfleet-adapters' } } }]],
    [
      ['--grpc-endpoint=maestro-grpc.maestro.svc.cluster.local:8090', '--http-endpoint=maestro.maestro:8000'],
      [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'maestro' } } }],
    ],
    [['--grpc-endpoint=10.1.2.3:8090', '--http-endpoint=10.1.2.3:8000'], [{ ipBlock: { cidr: '10.1.2.3/32' } }]],
    [
      [
        '--grpc-endpoint=grpc.example.org:8090',
        '--http-endpoint=http.example.org:8000',
        '--set',
        'maestro-cidr=203.0.113.0/24',
      ],
      [{ ipBlock: { cidr: '203.0.113.0/24' } }],
    ],
  ])('a NetworkPolicy to Maestro where it is: %s', async (flags, to) => {
    const objects = await rendered([...least, ...flags, '--part=setup'], files);
    expect(objects[3]).toMatchObject({
      kind: 'NetworkPolicy',
      spec: { egress: [{ to, ports: [{ port: 8090 }, { port: 8000 }] }, {}] },
    });
  });

  test('a word about the API server when its address is not given, and none when it is', async () => {
    expect((await runCli(['job', 'render', ...least], { files })).stderr).toContain('api-server-cidr');
    expect((await runCli(['job', 'render', ...least, '--set', 'api-server-cidr=10.96.0.1/32'], { files })).stderr).toBe(
      '',
    );
  });

  test('a word about kubectl apply for a manifest that is too long for it', async () => {
    const long = { 'w.yaml': configMapWork('w', { key: 'x'.repeat(270_000) }) };
    const run = await runCli(['job', 'render', ...least], { files: long });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stderr).toContain('--server-side');
  });
});

test.each([
  { argv: ['--adapter=np'], label: 'np' },
  { argv: ['--adapter=np', '--name=hyperfleet-c1-np'], label: 'np' },
  { argv: ['--name=w', '--manager=np'], label: 'np' },
  { argv: ['--name=w', '--manager=no label'], label: undefined },
  { argv: ['--name=w'], label: undefined },
])('job render labels Job and pods with the adapter: $argv', async ({ argv, label }) => {
  const { metadata, spec } = jobOf(await rendered(['wait', '--event-id=e1', '--consumer=c1', ...argv]));
  for (const { labels } of [metadata, spec.template.metadata]) expect(labels['hyperfleet.io/adapter']).toBe(label);
});

describe('job render refuses', () => {
  test.each<[string, readonly string[], number, RegExp]>([
    ['an unknown template', ['aply', ...least], 2, /job render does not know "aply"[\s\S]*Did you mean apply\?/],
    ['no event', ['--consumer=c1', '-f', 'w.yaml'], 2, /--event-id is required/],
    ['no consumer', ['--event-id=e1', '-f', 'w.yaml'], 2, /--consumer is required/],
    ['no manifest', ['--event-id=e1', '--consumer=c1'], 2, /needs a manifest/],
    [
      'a name too long for a Job',
      [`--event-id=${'e'.repeat(48)}`, '--consumer=c1', '-f', 'w.yaml'],
      2,
      /64 characters/,
    ],
    ['a placeholder outside of a template', ['--event-id=${event-id}', '--consumer=c1', '-f', 'w.yaml'], 2, /event-id/],
    ['a bad consumer', ['--event-id=e1', '--consumer=C1', '-f', 'w.yaml'], 2, /--consumer=C1/],
    ['a bad namespace', [...least, '--namespace=a.b'], 2, /--namespace=a\.b/],
    ['a bad image', [...least, '--image=A B'], 2, /no image reference/],
    ['a bad Secret name', [...least, '--tls-secret=A'], 2, /--tls-secret=A/],
    ['an unused Secret', [...least, '--grpc-plaintext', '--tls-secret=s'], 2, /would not be used/],
    ['two manifests', [...least, '--manifest-config=m'], 2, /say one thing/],
    ['a manifest for delete', ['delete', ...least, '--name=w'], 2, /takes no manifest/],
    ['delete without a name', ['delete', '--event-id=e1', '--consumer=c1'], 2, /needs the name of its work/],
    [
      'an expression for delete',
      ['delete', '--event-id=e1', '--consumer=c1', '--name=w', '--for=Applied'],
      2,
      /takes no expression/,
    ],
    ['two names', [...least, '--name=w', '--adapter=np'], 2, /both name the work, and differently/],
    ['a broken expression', [...least, '--for=Applied AND'], 2, /\^/],
    ['a selector without a match', [...least, '--for=Job:Complete'], 2, /no manifest of w matches/],
    ['a bad budget', [...least, '--timeout=25h'], 2, /1s to 24h/],
    ['localhost', [...least, '--grpc-endpoint=localhost:8090'], 2, /is the pod itself/],
    ['a host that no policy can name', [...least, '--grpc-endpoint=maestro.example.org:8090'], 2, /maestro-cidr/],
    ['a certificate file', [...least, '--grpc-server-ca-file=ca.crt'], 2, /--tls-secret/],
    ['a result file', [...least, '--results-path=result.json'], 2, /status-reporter reads/],
    ['an unknown --set', [...least, '--set', 'cpu=1'], 2, /Use one of: /],
    ['a template with a manifest', [...least, '--template'], 2, /leave --manifest-file out/],
    ['a missing file', ['--event-id=e1', '--consumer=c1', '-f', 'missing.yaml'], 4, /missing\.yaml/],
    ['a bad manifest', ['--event-id=e1', '--consumer=c1', '-f', 'bad.yaml'], 4, /bad\.yaml:3/],
    [
      'plain manifests without a name',
      ['--event-id=e1', '--consumer=c1', '-f', 'plain.yaml'],
      2,
      /plain manifests need a name/,
    ],
    ['no subcommand', ['x', 'y'], 2, /too many arguments/],
  ])('%s', async (_title, argv, exitCode, message) => {
    const all = {
      ...files,
      'bad.yaml': 'apiVersion: work.open-cluster-management.io/v1\nkind: ManifestWork\nmetadata: {nam: w}\n',
      'plain.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
    };
    const run = await runCli(['job', 'render', ...argv], { files: all });
    expect(run.stderr).toMatch(message);
    expect(run.exitCode).toBe(exitCode);
    expect(run.stdout).toBe('');
  });

  test.each([[['job']], [['job', 'rendr']]])('%s without a command that exists', async (argv) => {
    const run = await runCli(argv);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('maestro-cli job render');
  });
});
