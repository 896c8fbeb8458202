import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { doctorCommand } from '../../src/commands/doctor/command.ts';
import { imageRepository } from '../../src/core/jobs/image.ts';
import { findHelm } from '../gitops/rig/binaries.ts';
import { restrictedViolations } from '../jobs/support/restricted.ts';
import { parseFor } from '../support/parse-for.ts';
import { emptyFolder, projectRoot, runCli, type CliRun } from '../support/run-cli.ts';
import { controllerOf, only, podOf, refusal, render, renderedText, type KubeObject } from './support/rendered.ts';
import { full, other } from './support/values.ts';

const helm = findHelm();
const name = 'multicluster-maestro-integrations';
const imageOf = (values: object): string => controllerOf(render(values)).image;
/** The pod of `helm test`. */
const testPod = (objects: readonly KubeObject[]): KubeObject => only(objects, 'Pod', '-test');

describe.skipIf(helm === undefined)('what users of other charts expect', () => {
  const objects = helm === undefined ? [] : render(full);
  const standard = helm === undefined ? [] : render();

  const validate = async (values: object): Promise<CliRun> => {
    const file = join(emptyFolder(), 'rendered.yaml');
    writeFileSync(file, renderedText(values));
    const schemas = join(projectRoot, 'test/fixtures/prometheus-operator');
    return runCli(['validate', '-f', file, `--schema=${schemas}`, '--strict']);
  };
  it.each([
    { with: 'default values', values: {} },
    { with: 'everything set', values: full },
    { with: 'what excludes that', values: other },
  ])('renders with $with only what Kubernetes and the Prometheus operator know', async ({ values }) => {
    expect(await validate(values)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('0 errors, 0 warnings') as string,
      stderr: '',
    });
  });

  it.each([
    [{ ...full, extraContainers: [{ name: 'logs', image: 'x', volumeMount: [] }] }, 'volumeMount'],
    [{ ...full, networkPolicy: { extraEgress: [{ ports: [{ prot: 1 }] }] } }, 'prot'],
  ])('would be told of a field that nobody knows: %#', async (values, field) => {
    expect(await validate(values)).toMatchObject({
      exitCode: 4,
      stdout: expect.stringMatching(new RegExp(`\\b${field}\\b`)) as string,
    });
  });

  it('takes variables, volumes, containers and what else belongs to a pod', () => {
    const pod = podOf(objects);
    expect(pod).toMatchObject({
      automountServiceAccountToken: true,
      terminationGracePeriodSeconds: 45,
      dnsPolicy: 'None',
      dnsConfig: full.dnsConfig,
      hostAliases: full.hostAliases,
      initContainers: full.initContainers,
      affinity: full.affinity,
      volumes: expect.arrayContaining([...full.extraVolumes]) as unknown,
    });
    expect(pod.containers.slice(1)).toEqual(full.extraContainers);
    expect(controllerOf(objects)).toMatchObject({
      env: expect.arrayContaining([...full.extraEnv]) as unknown,
      envFrom: full.envFrom,
      volumeMounts: expect.arrayContaining([...full.extraVolumeMounts]) as unknown,
    });
    expect(only(objects, 'Deployment').spec).toMatchObject({ revisionHistoryLimit: 3 });
  });

  it('merges security contexts and probes into the defaults, and null takes a field out', () => {
    expect(podOf(objects)['securityContext']).toEqual({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
      fsGroup: 2000,
      supplementalGroups: [3000],
    });
    expect(controllerOf(objects)).toMatchObject({
      startupProbe: { periodSeconds: 2, failureThreshold: 60 },
      livenessProbe: { httpGet: { path: '/livez' }, periodSeconds: 15, timeoutSeconds: 15, initialDelaySeconds: 1 },
      readinessProbe: { periodSeconds: 5, timeoutSeconds: 5 },
    });
    expect((controllerOf(objects) as unknown as { securityContext: object }).securityContext).toEqual({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      runAsUser: 65532,
    });
  });

  it('gives a spread without a selector that of the pods, and leaves one that has its own', () => {
    expect(podOf(objects)['topologySpreadConstraints']).toMatchObject([
      { maxSkew: 1, labelSelector: { matchLabels: { name } } },
      { maxSkew: 2, labelSelector: { matchLabels: { own: 'one' } } },
    ]);
  });

  it('puts common labels and annotations on every object of its own, and the labels on the pods', () => {
    for (const object of objects.filter(({ metadata }) => !/-(?:extra|text)$/.test(metadata.name))) {
      expect(object.metadata, object.kind).toMatchObject({
        labels: { 'example.com/owner': 'hub-team', 'app.kubernetes.io/part-of': 'maestro-cli' },
        annotations: { 'example.com/contact': 'hub' },
      });
    }
    const { template, selector } = only(objects, 'Deployment').spec;
    expect(template.metadata.labels).toMatchObject({ 'example.com/owner': 'hub-team', team: 'x' });
    expect(selector.matchLabels).toEqual({ name });
    expect(only(objects, 'Deployment').metadata).toMatchObject({ annotations: full.deploymentAnnotations });
    expect(only(objects, 'Service').metadata).toMatchObject({ annotations: full.metrics.serviceAnnotations });
  });

  it('lets labels of one object beat the common ones, each there once', () => {
    const team = { team: 'own' };
    const text = renderedText({
      commonLabels: { team: 'all' },
      podLabels: team,
      metrics: { serviceMonitor: { enabled: true, labels: team }, dashboard: { enabled: true, labels: team } },
    });
    const documents = parseAllDocuments(text);
    expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
    expect([...text.matchAll(/^ +team: own$/gm)]).toHaveLength(3);
  });

  it('names the application by nameOverride in a label alone', () => {
    const deployment = only(objects, 'Deployment');
    expect(deployment.metadata).toMatchObject({ name, labels: { 'app.kubernetes.io/name': 'pull-model' } });
    expect(new Set(objects.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/name']))).not.toContain(name);
  });

  it('renders extra objects through templates, objects and text alike', () => {
    expect(only(objects, 'ConfigMap', 'release-extra')).toMatchObject({ data: { a: 'b' } });
    expect(only(objects, 'ConfigMap', `${name}-text`).kind).toBe('ConfigMap');
  });

  it('tells the Prometheus operator all that it asks for, and where the Service is', () => {
    expect(only(objects, 'ServiceMonitor')).toMatchObject({
      metadata: { namespace: 'monitoring', labels: { team: 'x' }, annotations: { note: 'z' } },
      spec: {
        namespaceSelector: { matchNames: ['argo-hub'] },
        endpoints: [
          {
            port: 'metrics',
            interval: '60s',
            scrapeTimeout: '10s',
            honorLabels: true,
            relabelings: full.metrics.serviceMonitor.relabelings,
            metricRelabelings: full.metrics.serviceMonitor.metricRelabelings,
          },
        ],
      },
    });
  });

  it('leaves out what is switched off, and uses the account, the token and the secret that are there', () => {
    const few = render(other);
    expect(few.map(({ kind }) => kind)).toEqual(['Deployment']);
    expect(podOf(few)).toMatchObject({
      serviceAccountName: 'mine',
      automountServiceAccountToken: false,
      volumes: [{ secret: { secretName: 'maestro-token', items: [{ key: 'jwt', path: 'token' }] } }],
    });
    expect(only(few, 'Deployment').spec.strategy.type).toBe('RollingUpdate');
    expect(only(standard, 'ServiceAccount')).toMatchObject({ automountServiceAccountToken: false });
  });

  it('pulls from a mirror by one value', () => {
    const at = (imageRegistry: string, image: object = {}): string => imageOf({ global: { imageRegistry }, image });
    const path = imageRepository.replace('ghcr.io/', '');
    expect(imageOf({ image: { tag: '1.2' } })).toBe(`${imageRepository}:1.2`);
    expect(at('mirror.example', { tag: '1.2' })).toBe(`mirror.example/${path}:1.2`);
    expect(at('mirror.example/cache/', { tag: '1.2' })).toBe(`mirror.example/cache/${path}:1.2`);
    expect(at('mirror.example', { repository: 'localhost:5000/x', tag: '1' })).toBe('mirror.example/x:1');
    expect(at('mirror.example', { repository: 'team/x', tag: '1' })).toBe('mirror.example/team/x:1');
    expect(at('mirror.example', { repository: 'x', tag: '1' })).toBe('mirror.example/x:1');
    expect(testPod(render({ global: { imageRegistry: 'mirror.example' } })).spec['containers']).toMatchObject([
      { image: imageOf({ global: { imageRegistry: 'mirror.example' } }) },
    ]);
  });

  it.each([
    { values: { fullnameOverride: 'mine' }, says: /fullnameOverride cannot be set: the Deployment takes the place/ },
    { values: { commonLabels: { name: 'x' } }, says: /commonLabels cannot set name/ },
    {
      values: { podLabels: { 'app.kubernetes.io/name': 'x' } },
      says: /podLabels cannot set app\.kubernetes\.io\/name/,
    },
    {
      values: { metrics: { dashboard: { labels: { name: 'x' } } } },
      says: /metrics\.dashboard\.labels cannot set name/,
    },
    { values: { extraEnv: [{ name: 'LOG_LEVEL', value: 'debug' }] }, says: /use log\.level/ },
    { values: { extraVolumes: [{ name: 'maestro-tls', emptyDir: {} }] }, says: /maestro-tls/ },
    { values: { extraContainers: [{ name: 'controller', image: 'x' }] }, says: /the chart's own container/ },
  ])('refuses what would contradict the chart: $values', ({ values, says }) => {
    expect(refusal(values)).toMatch(says);
  });
});

describe.skipIf(helm === undefined)('helm test', () => {
  it.each([
    { with: 'default values', values: {} },
    { with: 'everything set', values: full },
  ])('is a pod that asks Maestro as the controllers do, with $with', ({ values }) => {
    const objects = render(values);
    const pod = testPod(objects);
    const [doctor] = pod.spec['containers'] as readonly (ReturnType<typeof controllerOf> & {
      readonly securityContext: object;
    })[];
    const controller = controllerOf(objects);
    expect(pod.metadata).toMatchObject({ annotations: { 'helm.sh/hook': 'test' } });
    expect(restrictedViolations(pod.spec)).toEqual([]);
    expect(doctor?.command).toEqual(['maestro-cli', 'doctor']);
    const endpoints = controller.args.filter((arg) => /^--(?:grpc|http|source)-(?:endpoint|id|.*-file)=/.test(arg));
    expect(doctor?.args).toEqual(expect.arrayContaining(endpoints));
    expect(doctor?.volumeMounts).toEqual(controller.volumeMounts);
    expect(pod.spec['volumes']).toEqual(podOf(objects)['volumes']);
    const options = parseFor(doctorCommand, doctor?.args ?? [], {});
    expect(options).toMatchObject(
      values === full
        ? { consumer: 'cluster1', probe: false, timeoutMs: 30_000 }
        : { probe: true, timeoutMs: 60_000, source: 'app-work-client' },
    );
  });

  it('is taken for a controller by nobody, and let out by a policy of its own', () => {
    const objects = render();
    const pod = testPod(objects);
    expect(pod.metadata.labels).not.toHaveProperty('name');
    expect(pod.spec).toMatchObject({ automountServiceAccountToken: false });
    const policy = only(objects, 'NetworkPolicy', '-test');
    const { podSelector } = policy.spec as unknown as {
      podSelector: { matchLabels: Readonly<Record<string, string>> };
    };
    expect(pod.metadata.labels).toMatchObject(podSelector.matchLabels);
    expect(only(objects, 'Deployment').spec.template.metadata.labels).not.toMatchObject(podSelector.matchLabels);
    expect(policy).toMatchObject({ metadata: { annotations: { 'helm.sh/hook': 'test' } } });
  });
});
