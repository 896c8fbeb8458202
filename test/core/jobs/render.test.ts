import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { argsOf } from '../../../src/core/jobs/command-line.ts';
import { needsServerSide } from '../../../src/core/jobs/manifest-store.ts';
import {
  checkEventId,
  checkImage,
  checkLabelName,
  checkObjectName,
  isPlaceholder,
} from '../../../src/core/jobs/names.ts';
import { networkPolicies } from '../../../src/core/jobs/network-policies.ts';
import { renderJob } from '../../../src/core/jobs/render.ts';
import type { JobEndpoint, JobRequest } from '../../../src/core/jobs/request.ts';
import { readSettings } from '../../../src/core/jobs/settings.ts';
import { jobTemplateNames } from '../../../src/core/jobs/templates.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { usageErrorOf } from '../../command-line/support.ts';

function endpoint(text: string, tls: boolean): JobEndpoint {
  const [host = '', port] = text.replace(/^.*:\/\//, '').split(/:(?=\d+$)/);
  return { text, host, port: Number(port), tls };
}

const all: JobRequest = {
  template: 'build-then-apply',
  eventId: 'e1',
  sentinelEventId: 'a$(b)',
  traceparent: '00-t',
  namespace: 'ns',
  image: 'i:1',
  consumer: 'c1',
  workName: 'hyperfleet-c1-np',
  manager: 'np',
  adapter: 'np',
  source: 's$(x)',
  manifest: { kind: 'Secret', name: 'm', text: 'kind: X' },
  condition: 'Available',
  failOn: 'Degraded',
  timeoutMs: 60_000,
  grpc: endpoint('maestro-grpc.maestro:8090', true),
  http: endpoint('https://maestro.maestro:8000', true),
  tlsSecret: 'tls',
  settings: readSettings(['image-pull-secret=pull', 'image-pull-policy=Always', 'api-server-cidr=10.96.0.1/32']),
};
const least: JobRequest = {
  template: 'wait',
  eventId: 'e1',
  sentinelEventId: 'e1',
  namespace: 'ns',
  image: 'i:1',
  consumer: 'c1',
  workName: 'w',
  manager: 'm',
  timeoutMs: 60_000,
  grpc: endpoint('maestro:8090', false),
  http: endpoint('http://maestro:8000', false),
  settings: readSettings([]),
};

/** The pod of the Job. */
function podOf(request: JobRequest): {
  containers: (JsonObject & { env: JsonObject[]; volumeMounts: JsonObject[] })[];
} & {
  volumes: JsonObject[];
  [more: string]: unknown;
} {
  const job = renderJob(request, 'job').at(-1) as { spec?: { template: { spec: never } } };
  return job.spec!.template.spec;
}

const named = (some: readonly JsonObject[] | undefined): unknown[] => (some ?? []).map(({ name }) => name);

describe('the objects of a Job', () => {
  it('that has all that one can have', () => {
    const file = new URL('../../fixtures/jobs/build-then-apply.json', import.meta.url);
    expect(renderJob(all, 'all')).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });

  it.each<[string, Partial<JobRequest>]>([
    ['no certificate of the client', { settings: readSettings(['client-certificate=false']) }],
    ['TLS for gRPC alone', { http: endpoint('http://maestro:8000', false) }],
    ['TLS for HTTP alone', { grpc: endpoint('maestro:8090', false) }],
  ])('give each variable a name, with %s', (_what, change) => {
    const { containers } = podOf({ ...all, ...change });
    for (const name of containers.flatMap(({ env }) => named(env))) expect(name).toMatch(/^[A-Z0-9_]+$/);
  });

  it('are what all Jobs of a namespace share, and what one event needs', () => {
    const kinds = (part: 'setup' | 'job', request = all): unknown[] => renderJob(request, part).map(({ kind }) => kind);
    expect(kinds('setup')).toEqual(['ServiceAccount', 'Role', 'RoleBinding', 'NetworkPolicy', 'NetworkPolicy']);
    expect(kinds('job')).toEqual(['Secret', 'Job']);
    expect(kinds('job', { ...all, manifest: { kind: 'ConfigMap', name: 'm' } })).toEqual(['Job']);
  });

  it('hold a manifest without a Secret in a ConfigMap', () => {
    const request: JobRequest = { ...all, manifest: { kind: 'ConfigMap', name: 'm', text: 'kind: X' } };
    expect(renderJob(request, 'job')[0]).toMatchObject({
      kind: 'ConfigMap',
      immutable: true,
      data: { 'manifest.yaml': 'kind: X' },
    });
    expect(renderJob(request, 'job')[0]).not.toHaveProperty('type');
    expect(podOf(request).volumes).toContainEqual({ name: 'manifest-config', configMap: { name: 'm' } });
  });

  it('have nothing that is not asked for', () => {
    const { containers, volumes, ...pod } = podOf(least);
    expect(pod).not.toHaveProperty('imagePullSecrets');
    expect(named(containers[0]?.env)).toEqual([
      'EVENT_ID',
      'RESULTS_PATH',
      'MAESTRO_RESULTS_FORMAT',
      'MAESTRO_MANAGER',
    ]);
    expect(named(containers[0]?.volumeMounts)).toEqual(['shared-status']);
    expect(named(volumes)).toEqual(['shared-status', 'api-access']);
    for (const container of containers) expect(container).not.toHaveProperty('imagePullPolicy');
    expect(renderJob(least, 'job')[0]).not.toHaveProperty(['metadata', 'labels', 'hyperfleet.io/adapter']);
  });

  it('leave the user to the platform where that is asked', () => {
    expect(podOf({ ...least, settings: readSettings(['user-id=none']) })['securityContext']).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('keep a placeholder for the adapter, which no label could be', () => {
    const [job] = renderJob({ ...least, adapter: '${adapter-type}' }, 'job');
    expect(job).toHaveProperty(['metadata', 'labels', 'hyperfleet.io/adapter'], '${adapter-type}');
    const [other] = renderJob({ ...least, adapter: 'no label' }, 'job');
    expect(other).not.toHaveProperty(['metadata', 'labels', 'hyperfleet.io/adapter']);
  });

  it.each<[string, Partial<JobRequest>, string[]]>([
    [
      'for gRPC alone',
      { http: endpoint('http://maestro:8000', false) },
      ['MAESTRO_GRPC_SERVER_CA_FILE', 'MAESTRO_GRPC_CLIENT_CERT', 'MAESTRO_GRPC_CLIENT_KEY', 'MAESTRO_GRPC_TOKEN_FILE'],
    ],
    [
      'for HTTP alone',
      { grpc: endpoint('maestro:8090', false) },
      ['MAESTRO_HTTP_CA_FILE', 'MAESTRO_HTTP_CLIENT_CERT', 'MAESTRO_HTTP_CLIENT_KEY', 'MAESTRO_HTTP_TOKEN_FILE'],
    ],
    [
      'without a token',
      { settings: readSettings(['token-audience=none', 'client-certificate=false']) },
      ['MAESTRO_GRPC_SERVER_CA_FILE', 'MAESTRO_HTTP_CA_FILE'],
    ],
  ])('prove who they are %s', (_what, more, names) => {
    const { containers, volumes } = podOf({ ...all, ...more });
    expect(named(containers[0]?.env).filter((name) => /TLS|CERT|KEY|CA_FILE|TOKEN/.test(String(name)))).toEqual(names);
    expect(named(volumes).includes('maestro-token')).toBe(names.some((name) => name.includes('TOKEN')));
  });
});

describe('the arguments of the command', () => {
  it.each<[string, JobRequest, string[]]>([
    [
      'apply',
      { ...all, template: 'apply' },
      ['--manifest-file=/config/manifest.yaml', '--name=hyperfleet-c1-np', '--adapter=np', '--consumer=c1'],
    ],
    [
      'apply-and-wait',
      { ...all, template: 'apply-and-wait', adapter: 'other' },
      ['--manifest-file=/config/manifest.yaml', '--name=hyperfleet-c1-np', '--consumer=c1', '--watch=Available'],
    ],
    ['delete', { ...least, template: 'delete' }, ['--name=w', '--consumer=c1', '--watch']],
    ['wait', least, ['--name=w', '--consumer=c1', '--condition=Applied']],
    ['wait for more', { ...least, condition: 'Available' }, ['--name=w', '--consumer=c1', '--condition=Available']],
    [
      'build-then-apply',
      { ...least, template: 'build-then-apply' },
      ['--name=w', '--consumer=c1', '--source-file=/config/manifest.yaml', '--apply', '--watch'],
    ],
    [
      'validate',
      { ...all, template: 'validate' },
      ['--manifest-file=/config/manifest.yaml', '--name=hyperfleet-c1-np', '--consumer=c1'],
    ],
  ])('%s', (_what, request, args) => {
    expect(argsOf(request).slice(0, args.length)).toEqual(args);
    expect(argsOf(request).includes('--fail-on=Degraded')).toBe(request.failOn !== undefined);
  });

  it('say that there is no TLS where the address does not', () => {
    expect(argsOf(least)).toContain('--grpc-plaintext');
    expect(argsOf(all)).not.toContain('--grpc-plaintext');
    expect(argsOf({ ...least, grpc: endpoint('http://maestro:8090', false) })).not.toContain('--grpc-plaintext');
  });

  it('leave the name out where the manifest has it', () => {
    const { workName: _name, ...nameless } = all;
    expect(argsOf({ ...nameless, template: 'apply' })[1]).toBe('--consumer=c1');
  });

  it('forbid to remove manifests wherever something is written', () => {
    const forbidding = jobTemplateNames.filter((template) =>
      named(podOf({ ...all, template }).containers[0]?.env).includes('MAESTRO_NO_REMOVE'),
    );
    expect(forbidding).toEqual(['apply', 'apply-and-wait', 'build-then-apply']);
    const allowed = podOf({ ...all, settings: readSettings(['no-remove=false']) }).containers[0]?.env;
    expect(named(allowed)).not.toContain('MAESTRO_NO_REMOVE');
  });
});

describe('where the network policies let the pods go', () => {
  const namespace = (name: string): object => ({
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } },
  });
  const block = (cidr: string): object => ({ ipBlock: { cidr } });
  const rulesOf = (request: JobRequest): readonly JsonObject[] => {
    const [policy] = networkPolicies(request) as unknown as readonly { spec: { egress: readonly JsonObject[] } }[];
    return policy!.spec.egress.slice(0, -1);
  };

  it.each<[string, string, string, string[], object[]]>([
    ['a service of the own namespace', 'maestro:8090', 'maestro:8000', [], [namespace('ns')]],
    ['a placeholder', '${grpc}.x:8090', 'maestro:8000', [], [namespace('ns')]],
    ['a service of another one', 'a.other:8090', 'b.other.svc:8000', [], [namespace('other')]],
    ['a service with its domain', 'a.other.svc.cluster.local:8090', 'b.other:8000', [], [namespace('other')]],
    ['an address', '10.1.2.3:8090', '10.1.2.3:8000', [], [block('10.1.2.3/32')]],
    ['an address of IPv6', 'fd00::1:8090', 'fd00::1:8000', [], [block('fd00::1/128')]],
    [
      'where the user says',
      'a.example.org:8090',
      'b:8000',
      ['maestro-cidr=10.1.0.0/16,10.2.0.0/16', 'maestro-namespace=n'],
      [block('10.1.0.0/16'), block('10.2.0.0/16')],
    ],
    ['the namespace that the user says', 'a.example.org:8090', 'b:8000', ['maestro-namespace=n'], [namespace('n')]],
  ])('%s', (_what, grpc, http, pairs, to) => {
    const request = {
      ...least,
      grpc: endpoint(grpc, false),
      http: endpoint(http, false),
      settings: readSettings(pairs),
    };
    expect(rulesOf(request)).toEqual([
      {
        to,
        ports: [
          { protocol: 'TCP', port: 8090 },
          { protocol: 'TCP', port: 8000 },
        ],
      },
    ]);
  });

  it('each of two places by its own port, and one port once', () => {
    const two = { ...least, grpc: endpoint('a.one:8090', false), http: endpoint('b.two:8000', false) };
    expect(rulesOf(two)).toEqual([
      { to: [namespace('one')], ports: [{ protocol: 'TCP', port: 8090 }] },
      { to: [namespace('two')], ports: [{ protocol: 'TCP', port: 8000 }] },
    ]);
    const one = { ...least, http: endpoint('maestro:8090', false) };
    expect(rulesOf(one)).toEqual([{ to: [namespace('ns')], ports: [{ protocol: 'TCP', port: 8090 }] }]);
  });

  it('to no API server on the internet when nobody says where it is', () => {
    const [, reporter] = networkPolicies(least);
    expect(reporter).toHaveProperty(
      ['spec', 'egress', 0, 'to'],
      ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'].map(block),
    );
  });

  it.each(['maestro.example.org', 'a.b.c', 'A.b', 'a.b.svcx'])('nowhere for %s, which no policy can name', (host) => {
    const error = usageErrorOf(() => networkPolicies({ ...least, grpc: { ...least.grpc, host } }));
    expect(error.message).toBe(`a NetworkPolicy cannot name ${host}: it knows namespaces and addresses`);
    expect(error.hint).toContain('--set maestro-cidr=');
  });
});

describe('names and sizes', () => {
  it('are checked as what they become', () => {
    expect(() => {
      checkLabelName('--consumer', 'c1');
      checkObjectName('--tls-secret', 'a.b');
    }).not.toThrow();
    expect(
      usageErrorOf(() => {
        checkLabelName('--consumer', 'a.b');
      }).message,
    ).toBe('--consumer=a.b must not contain dots');
    expect(
      usageErrorOf(() => {
        checkObjectName('--tls-secret', 'A');
      }).message,
    ).toContain('--tls-secret=A a lowercase RFC 1123');
    const long = `a/${'b'.repeat(510)}`;
    expect(() => {
      checkImage('--image', long);
    }).not.toThrow();
    expect(
      usageErrorOf(() => {
        checkImage('--image', `${long}b`);
      }).message,
    ).toContain('is no image reference');
    for (const image of ['Registry.example/a', 'registry.example:5000/a', 'a--b', 'a__b/c.d:T_1'])
      expect(() => checkImage('--image', image), image).not.toThrow();
    expect(usageErrorOf(() => checkImage('--image', 'a b')).hint).toBe(
      'Write it like ghcr.io/openshift-hyperfleet/maestro-cli:latest or host/path@sha256:….',
    );
    expect(usageErrorOf(() => checkEventId('A'.repeat(3)))).toMatchObject({
      message: expect.stringContaining('--event-id=AAA makes the Job name "') as string,
      hint: expect.stringMatching(/at most \d\d characters/) as string,
    });
    expect(usageErrorOf(() => checkEventId('')).message).toContain('--event-id= makes the Job name');
  });

  it.each([
    ['${event-id}', true],
    ['a-${x}-b', true],
    ['$event', false],
    ['${Event}', false],
    ['${}', false],
  ])('%s is left open: %j', (text, open) => {
    expect(isPlaceholder(text)).toBe(open);
  });

  it('are told when kubectl apply would fail of them', () => {
    const bytes = (size: number): JsonObject => ({ a: 'x'.repeat(size - '{"a":""}'.length) });
    expect([needsServerSide(bytes(260_096)), needsServerSide(bytes(260_097))]).toEqual([false, true]);
  });
});

describe('a setting', () => {
  it.each([
    ['cpu-limit', ['1', '12', '0.5', '10.5', '100m', '1.125'], ['00m', '0', '1.1234', 'm', '-1', '1 m']],
    ['memory-limit', ['1', '10Ki', '1Mi', '1Gi', '1k', '1M', '1G'], ['0', '01Mi', '1.5Gi', '1mi', 'Mi']],
    ['poll-interval-seconds', ['1', '60'], ['0', '61', '1.5', 'x']],
    ['ttl-seconds', ['0', '31536000'], ['31536001', '-1', '9999999999']],
    ['user-id', ['1', '1000660000', '2147483647', 'none'], ['0', 'root', '2147483648']],
    ['backoff-limit', ['0', '100'], ['101']],
    ['condition-type', ['Available', 'a.b/c'], ['a b', '-a']],
    ['client-certificate', ['true', 'false'], ['yes', 'none']],
    ['no-remove', ['true', 'false'], ['no']],
    ['image-pull-policy', ['Always', 'IfNotPresent', 'Never', 'none'], ['always']],
    ['image-pull-secret', ['a.b', 'none'], ['A']],
    ['maestro-namespace', ['a', 'none'], ['a.b']],
    ['maestro-cidr', ['10.0.0.0/8', '10.0.0.0/8,fd00::/8', 'none'], ['10.0.0.0', '10.0.0.0/8,x']],
    ['reporter-image', ['a/b:1'], ['A B']],
    ['service-account', ['a.b'], ['none!']],
    ['token-audience', ['a', 'x'.repeat(200)], ['a b', 'x'.repeat(201), 'ä']],
  ])('%s takes what it is for', (key, good, bad) => {
    for (const value of good) expect(() => readSettings([`${key}=${value}`]), value).not.toThrow();
    for (const value of bad) {
      const error = usageErrorOf(() => readSettings([`${key}=${value}`]));
      expect(error.message).toContain(`--set ${key}=${value}: `);
      expect(error.hint).toContain(`${key}: `);
    }
  });

  it.each([
    ['cpu-limit=x', 'it takes a quantity such as 200m or 0.5'],
    ['memory-limit=x', 'it takes a quantity such as 256Mi'],
    ['image-pull-policy=always', 'it takes Always, IfNotPresent, Never'],
    ['reporter-image=A B', 'it takes an image reference'],
    ['cpu-limit', 'it needs a value, KEY=VALUE'],
    ['cpu-limit=', 'it needs a value, KEY=VALUE'],
  ])('%s: %s', (pair, message) => {
    expect(usageErrorOf(() => readSettings([pair])).message).toBe(`--set ${pair}: ${message}`);
  });

  it('that is none is told with those that there are', () => {
    expect(usageErrorOf(() => readSettings(['=1'])).message).toContain('--set');
  });

  it('is what was given, and the others are as they were', () => {
    const pairs = [
      'client-certificate=false',
      'no-remove=false',
      'maestro-cidr=10.0.0.0/8,fd00::/8',
      'maestro-namespace=n',
      'token-audience=none',
      'user-id=7',
      'cpu-request=1',
      'memory-request=1Gi',
      'condition-type=Done',
      'poll-interval-seconds=9',
      'reporter-image=r:1',
      'service-account=sa',
      'ttl-seconds=5',
      'image-pull-secret=p',
      'image-pull-policy=Never',
      'api-server-cidr=10.0.0.1/32',
      'backoff-limit=1',
      'cpu-limit=2',
      'memory-limit=2Gi',
    ];
    expect(readSettings(pairs)).toEqual({
      apiServerCidrs: ['10.0.0.1/32'],
      backoffLimit: 1,
      clientCertificate: false,
      conditionType: 'Done',
      cpuLimit: '2',
      cpuRequest: '1',
      imagePullPolicy: 'Never',
      imagePullSecret: 'p',
      maestroCidrs: ['10.0.0.0/8', 'fd00::/8'],
      maestroNamespace: 'n',
      memoryLimit: '2Gi',
      memoryRequest: '1Gi',
      noRemove: false,
      pollIntervalSeconds: 9,
      reporterImage: 'r:1',
      serviceAccount: 'sa',
      tokenAudience: undefined,
      ttlSeconds: 5,
      userId: 7,
    });
  });
});
