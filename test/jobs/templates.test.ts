import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { Role, RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import { ConfigMap, Secret, ServiceAccount } from 'kubernetes-models/v1';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { readBuiltIns } from '../../src/core/schemas/built-in.ts';
import { checkAgainstSchema } from '../../src/core/schemas/check-manifest.ts';
import { createSchemaSet } from '../../src/core/schemas/schema-set.ts';
import { projectRoot, runCli } from '../support/run-cli.ts';
import { restrictedViolations } from './support/restricted.ts';
import {
  containerOf,
  envOf,
  filled,
  jobOf,
  objectsOf,
  rendered,
  templateFiles,
  templateText,
} from './support/objects.ts';

const models: Readonly<Record<string, new (data: never) => { validate(): void }>> = {
  ConfigMap,
  Job,
  NetworkPolicy,
  Role,
  RoleBinding,
  Secret,
  ServiceAccount,
};
const schemas = createSchemaSet(readBuiltIns(), []);

/** Both schema checks: the one of kubernetes-models, and our own, which also refuses unknown fields. */
function expectValid(object: JsonObject): void {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const model = models[kind];
  const schema = schemas.find(apiVersion, kind);
  if (model === undefined || schema === undefined) throw new Error(`no schema for ${kind}`);
  expect(() => new model(object as never).validate()).not.toThrow();
  expect(checkAgainstSchema(object, schema, [])).toEqual([]);
}

const manifest = `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: w}
spec:
  workload:
    manifests:
      - {apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: b}}
`;

test.each([...templateFiles.map((name) => [name, name, 'job'] as const), ['setup', 'apply', 'setup'] as const])(
  'job-templates/%s.yaml is what job render prints',
  async (file, template, part) => {
    const run = await runCli(['job', 'render', template, '--template', `--part=${part}`]);
    expect(run.stderr).toBe('');
    const again = `run: maestro-cli job render ${template} --template --part=${part} > job-templates/${file}.yaml`;
    expect(templateText(file), again).toBe(run.stdout);
  },
);

describe.each(templateFiles)('%s.yaml', (name) => {
  const text = templateText(name);
  const job = jobOf(objectsOf(filled(text)));
  const command = containerOf(job, 'maestro-cli');
  const pod = job.spec.template.spec;

  test('fits the schema of Kubernetes once its placeholders are replaced', () => {
    for (const object of objectsOf(filled(text))) expectValid(object);
    expect(filled(text)).not.toContain('${');
  });

  test('has no placeholder but the known ones, and is read the same when they are replaced by digits', () => {
    const known = ['event-id', 'sentinel-event-id', 'target-cluster', 'manifest-config-name', 'adapter-type'];
    const used = [...text.matchAll(/\$\{([^}]*)\}/g)].map(([, placeholder]) => placeholder);
    expect(known).toEqual(expect.arrayContaining(used));
    const digits = jobOf(objectsOf(filled(text, Object.fromEntries(known.map((key) => [key, '0123']))))).metadata
      .labels;
    expect(digits['hyperfleet.io/event-id']).toBe('0123');
  });

  test('passes the restricted Pod Security standard', () => {
    expect(restrictedViolations(pod)).toEqual([]);
  });

  test('labels the pod as the Job, and bounds what it may put on the node', () => {
    expect(job.spec.template.metadata.labels).toMatchObject(job.metadata.labels);
    const volumes = pod['volumes'] as readonly { readonly emptyDir?: object }[];
    for (const { emptyDir } of volumes) if (emptyDir !== undefined) expect(emptyDir).toEqual({ sizeLimit: '64Mi' });
  });

  test('keeps the shape of the origin', () => {
    expect(job.metadata).toEqual({
      name: 'maestro-handler-20261122',
      namespace: 'hyperfleet-adapters',
      labels: {
        'hyperfleet.io/component': 'maestro-handler',
        'app.kubernetes.io/name': 'maestro-handler',
        'app.kubernetes.io/component': 'adapter',
        'app.kubernetes.io/part-of': 'hyperfleet',
        'app.kubernetes.io/instance': 'maestro-handler-20261122',
        'hyperfleet.io/adapter': 'nodepool',
        'hyperfleet.io/event-id': '20261122',
      },
    });
    expect(job.spec.backoffLimit).toBe(3);
    expect(pod['restartPolicy']).toBe('Never');
    expect(command).toMatchObject({
      image: 'ghcr.io/openshift-hyperfleet/maestro-cli:latest',
      resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { cpu: '200m', memory: '256Mi' } },
    });
    expect(command.args).toEqual(
      expect.arrayContaining([
        '--consumer=cluster-west-1',
        '--timeout=4m30s',
        '--grpc-endpoint=maestro-grpc:8090',
        '--http-endpoint=maestro-http:8000',
      ]),
    );
    expect(envOf(command)).toMatchObject({ EVENT_ID: '8f14e45f', MAESTRO_MANAGER: 'nodepool' });
  });

  test('ends at once by exit codes that stay as they are, and tries again by the others', () => {
    const rules = job.spec.podFailurePolicy.rules;
    expect(rules.map(({ action }) => action)).toEqual(['FailJob', 'Ignore', 'Count']);
    expect(rules[0]?.onExitCodes).toEqual({ containerName: 'maestro-cli', operator: 'In', values: [2, 3, 4, 9, 10] });
    expect(rules[2]?.onExitCodes).toEqual({ containerName: 'maestro-cli', operator: 'In', values: [5, 6, 8, 143] });
  });

  test('writes only to /shared, and gives the API token to no command', () => {
    expect(pod['automountServiceAccountToken']).toBe(false);
    expect(command.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ mountPath }) => mountPath)).toEqual([
      '/shared',
    ]);
    expect(command.volumeMounts.map(({ name: volume }) => volume)).not.toContain('api-access');
    const volumes = (pod['volumes'] as readonly { readonly name: string }[]).map((volume) => volume.name);
    const mounted = pod.containers.flatMap(({ volumeMounts }) => volumeMounts.map((mount) => mount.name));
    expect(new Set(mounted)).toEqual(new Set(volumes));
    for (const { securityContext } of pod.containers) expect(securityContext['readOnlyRootFilesystem']).toBe(true);
  });

  test('mounts what its environment points to', () => {
    const files = Object.values(envOf(command)).filter((value) => value.startsWith('/'));
    const folders = command.volumeMounts.map(({ mountPath }) => mountPath);
    for (const file of files)
      expect(
        folders.some((folder) => file.startsWith(`${folder}/`)),
        file,
      ).toBe(true);
    expect(files.length).toBeGreaterThanOrEqual(4);
  });
});

describe.each(templateFiles)('the status-reporter of %s.yaml', (name) => {
  const job = jobOf(objectsOf(filled(templateText(name))));
  const reporter = containerOf(job, 'status-reporter');
  const env = envOf(reporter);

  test('is an ordinary container, the second one, and knows Job, pod, file and command', () => {
    expect(job.spec.template.spec.containers.map((container) => container.name)).toEqual([
      'maestro-cli',
      'status-reporter',
    ]);
    expect(job.spec.template.spec['initContainers']).toBeUndefined();
    expect(env).toMatchObject({
      JOB_NAME: job.metadata.name,
      ADAPTER_CONTAINER_NAME: 'maestro-cli',
      RESULTS_PATH: '/shared/results.json',
      CONDITION_TYPE: 'Available',
    });
    expect(env['JOB_NAMESPACE']).toContain('metadata.namespace');
    expect(env['POD_NAME']).toContain('metadata.name');
    expect(envOf(containerOf(job, 'maestro-cli'))).toMatchObject({
      RESULTS_PATH: '/shared/results.json',
      MAESTRO_RESULTS_FORMAT: 'adapter-result',
    });
  });

  test('gives up after the command, and the Job after all tries', () => {
    const timeout = 270;
    const wait = Number(env['MAX_WAIT_TIME_SECONDS']);
    expect(wait).toBe(timeout + 60);
    expect(Number(env['POLL_INTERVAL_SECONDS'])).toBeLessThan(wait);
    expect(job.spec.activeDeadlineSeconds).toBeGreaterThan((job.spec.backoffLimit + 1) * wait + 10 + 20 + 40);
  });

  test('hears of a SIGTERM later than the command, and has time after it', () => {
    const delay = reporter.lifecycle?.preStop.sleep.seconds ?? 0;
    expect(delay).toBeGreaterThan(2 * Number(env['POLL_INTERVAL_SECONDS']));
    // It waits 5 s itself before it leaves.
    expect(job.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(delay + 5);
  });
});

describe('setup.yaml', () => {
  const objects = objectsOf(templateText('setup'));
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as readonly {
    readonly spec: {
      readonly policyTypes: readonly string[];
      readonly ingress?: unknown;
      readonly podSelector: { readonly matchLabels: Readonly<Record<string, string>> };
      readonly egress: readonly {
        readonly to: readonly unknown[];
        readonly ports: readonly { readonly port: number }[];
      }[];
    };
  }[];

  test('fits the schemas of Kubernetes', () => {
    expect(objects.map(({ kind }) => kind)).toEqual([
      'ServiceAccount',
      'Role',
      'RoleBinding',
      'NetworkPolicy',
      'NetworkPolicy',
    ]);
    for (const object of objects) expectValid(object);
  });

  test('gives the reporter what it needs and no more', () => {
    expect(objects[1]).toMatchObject({
      rules: [
        { apiGroups: ['batch'], resources: ['jobs'], verbs: ['get'] },
        { apiGroups: ['batch'], resources: ['jobs/status'], verbs: ['get', 'update', 'patch'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      ],
    });
    const account = (objects[0] as { metadata: { name: string } }).metadata.name;
    for (const name of templateFiles)
      expect(jobOf(objectsOf(templateText(name))).spec.template.spec['serviceAccountName']).toBe(account);
  });

  test('lets nothing in, and out to Maestro, DNS and the API server only', () => {
    for (const { spec } of policies) {
      expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
      expect(spec.ingress).toBeUndefined();
      for (const rule of spec.egress) {
        expect(rule.to.length).toBeGreaterThan(0);
        expect(rule.ports.length).toBeGreaterThan(0);
        expect(JSON.stringify(rule)).not.toMatch(/0\.0\.0\.0\/0|::\/0/);
      }
    }
    expect(
      policies.map(({ spec }) => spec.egress.map(({ ports }) => [...new Set(ports.map(({ port }) => port))])),
    ).toEqual([
      [
        [8090, 8000],
        [53, 5353],
      ],
      [[443, 6443]],
    ]);
  });

  test('holds for the pods of every template', () => {
    for (const name of templateFiles) {
      const { labels } = jobOf(objectsOf(filled(templateText(name)))).spec.template.metadata;
      for (const { spec } of policies) expect(labels).toMatchObject(spec.podSelector.matchLabels);
    }
  });
});

test('everything that render can add fits the schemas too', async () => {
  const secret = `${manifest}      - {apiVersion: v1, kind: Secret, metadata: {name: s, namespace: b}, stringData: {k: v}}\n`;
  const more = [
    '--set',
    'image-pull-secret=pull',
    '--set',
    'image-pull-policy=Always',
    '--set',
    'user-id=none',
    '--http-endpoint=https://10.1.2.3:8443',
    '--grpc-endpoint=maestro.example.org:443',
    '--set',
    'maestro-cidr=10.1.0.0/16,2001:db8::/32',
    '--set',
    'api-server-cidr=10.96.0.1/32',
  ];
  for (const files of [{ 'w.yaml': manifest }, { 'w.yaml': secret }]) {
    const run = await runCli(['job', 'render', '--event-id=e1', '--consumer=c1', '-f', 'w.yaml', ...more], { files });
    expect(run.exitCode, run.stderr).toBe(0);
    const objects = objectsOf(run.stdout);
    for (const object of objects) expectValid(object);
    expect(restrictedViolations(jobOf(objects).spec.template.spec)).toEqual([]);
  }
});

describe('the restricted Pod Security check finds', () => {
  const good = {
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
  };
  const pod = (container: object, spec: object = {}): JsonObject => ({
    containers: [{ name: 'a', securityContext: { ...good, ...container } }],
    ...spec,
  });

  test.each([
    ['nothing in a good pod', pod({}), []],
    [
      'a missing context',
      { containers: [{ name: 'a' }] },
      ['privilege escalation: a', 'running as non-root: a', 'seccomp: a', 'capabilities: a drops not all'],
    ],
    ['root', pod({ runAsUser: 0 }), ['running as root user: a']],
    ['privilege', pod({ privileged: true }), ['privileged: a']],
    [
      'an added capability',
      pod({ capabilities: { drop: ['ALL'], add: ['NET_BIND_SERVICE', 'SYS_ADMIN'] } }),
      ['capabilities: a adds SYS_ADMIN'],
    ],
    [
      'an unconfined profile',
      pod({ seccompProfile: { type: 'Unconfined' } }),
      ['seccomp: a is unconfined', 'seccomp: a'],
    ],
    ['a host path', pod({}, { volumes: [{ name: 'v', hostPath: { path: '/' } }] }), ['volume types: v is hostPath']],
    ['a host network', pod({}, { hostNetwork: true }), ['host namespaces: hostNetwork']],
    [
      'an init container',
      pod({}, { initContainers: [{ name: 'i', securityContext: { ...good, allowPrivilegeEscalation: true } }] }),
      ['privilege escalation: i'],
    ],
    ['a SELinux user', pod({ seLinuxOptions: { user: 'u' } }), ['selinux: a']],
  ])('%s', (_title, spec, found) => {
    expect([...restrictedViolations(spec)].sort()).toEqual([...found].sort());
  });
});

test('the image writes what the status-reporter reads, as another user than root', () => {
  const dockerfile = readFileSync(join(projectRoot, 'Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^ENV MAESTRO_RESULTS_FORMAT=adapter-result$/m);
  expect(dockerfile).toMatch(/^USER 65532:65532$/m);
});

test('a rendered Job is the template with its placeholders replaced, but for the name of its manifest', async () => {
  const files = { 'w.yaml': manifest };
  const objects = await rendered(
    [
      'apply-and-wait',
      '--event-id=e1',
      '--consumer=c1',
      '--manager=nodepool',
      '--sentinel-event-id=s1',
      '-f',
      'w.yaml',
      '--part=job',
    ],
    files,
  );
  const values = {
    'event-id': 'e1',
    'sentinel-event-id': 's1',
    'target-cluster': 'c1',
    'manifest-config-name': 'maestro-handler-e1',
    'adapter-type': 'nodepool',
  };
  expect(jobOf(objects)).toEqual(jobOf(objectsOf(filled(templateText('apply-and-wait'), values))));
});
