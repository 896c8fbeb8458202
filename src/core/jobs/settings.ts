import { ipaddr } from '../ip-address.ts';
import { MaestroError } from '../../errors.ts';
import { unknownValue } from '../works/did-you-mean.ts';
import { dnsLabelProblems, dnsSubdomainProblems, qualifiedNameProblems } from '../works/names.ts';
import { checkImage } from './names.ts';

/** What `--set` can change. `none` takes a thing away where its text says so. */
export interface JobSettings {
  readonly apiServerCidrs: readonly string[] | undefined;
  readonly backoffLimit: number;
  readonly clientCertificate: boolean;
  readonly conditionType: string;
  readonly cpuLimit: string;
  readonly cpuRequest: string;
  readonly imagePullPolicy: string | undefined;
  readonly imagePullSecret: string | undefined;
  readonly maestroCidrs: readonly string[] | undefined;
  readonly maestroNamespace: string | undefined;
  readonly memoryLimit: string;
  readonly memoryRequest: string;
  readonly noRemove: boolean;
  readonly pollIntervalSeconds: number;
  readonly reporterImage: string;
  readonly serviceAccount: string;
  readonly tokenAudience: string | undefined;
  readonly ttlSeconds: number;
  readonly userId: number | undefined;
}

/** One key of `--set`: its default, what it is for, and what is wrong with a value. */
interface Setting {
  readonly standard: string;
  readonly about: string;
  problem(value: string): string | undefined;
}

const cidrs: Setting['problem'] = (value) => {
  const wrong = value.split(',').find((part) => !isCidr(part));
  return wrong === undefined ? undefined : `"${wrong}" is no CIDR such as 10.0.0.0/8`;
};
const whole =
  (least: number, most: number): Setting['problem'] =>
  (value) =>
    /^\d{1,10}$/.test(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `it takes a whole number from ${least} to ${most}`;
const oneOf =
  (...allowed: readonly string[]): Setting['problem'] =>
  (value) =>
    allowed.includes(value) ? undefined : `it takes ${allowed.join(', ')}`;
const quantity =
  (pattern: RegExp, example: string): Setting['problem'] =>
  (value) =>
    pattern.test(value) ? undefined : `it takes a quantity such as ${example}`;
const orNone =
  (problem: Setting['problem']): Setting['problem'] =>
  (value) =>
    value === 'none' ? undefined : problem(value);
const first =
  (problems: (value: string) => readonly string[]): Setting['problem'] =>
  (value) =>
    problems(value)[0];
const image: Setting['problem'] = (value) => {
  try {
    checkImage('it', value);
    return undefined;
  } catch {
    return 'it takes an image reference';
  }
};
const cpu = quantity(/^(?!0+m?$)(\d+m|\d+(\.\d{1,3})?)$/, '200m or 0.5');
const memory = quantity(/^[1-9]\d*(Ki|Mi|Gi|k|M|G)?$/, '256Mi');

/** Every key of `--set`, in the order that messages list them. */
export const jobSettings = {
  'api-server-cidr': {
    standard: 'none',
    about: 'where the API server is, CIDRs separated by commas; none: private addresses',
    problem: orNone(cidrs),
  },
  'backoff-limit': { standard: '3', about: 'how often Kubernetes tries again', problem: whole(0, 100) },
  'client-certificate': {
    standard: 'true',
    about: 'whether the TLS Secret has tls.crt and tls.key beside ca.crt',
    problem: oneOf('true', 'false'),
  },
  'condition-type': {
    standard: 'Available',
    about: 'condition that the status-reporter sets on the Job',
    problem: first(qualifiedNameProblems),
  },
  'cpu-limit': { standard: '200m', about: 'of the command', problem: cpu },
  'cpu-request': { standard: '50m', about: 'of the command', problem: cpu },
  'image-pull-policy': {
    standard: 'none',
    about: 'Always, IfNotPresent or Never; none: as Kubernetes decides',
    problem: orNone(oneOf('Always', 'IfNotPresent', 'Never')),
  },
  'image-pull-secret': {
    standard: 'none',
    about: 'Secret for pulling both images',
    problem: orNone(first(dnsSubdomainProblems)),
  },
  'maestro-cidr': {
    standard: 'none',
    about: 'where Maestro is when it is outside the cluster, CIDRs separated by commas',
    problem: orNone(cidrs),
  },
  'maestro-namespace': {
    standard: 'none',
    about: 'where Maestro is when its address does not say it',
    problem: orNone(first(dnsLabelProblems)),
  },
  'memory-limit': { standard: '256Mi', about: 'of the command', problem: memory },
  'memory-request': { standard: '64Mi', about: 'of the command', problem: memory },
  'no-remove': {
    standard: 'true',
    about: 'whether a write that would remove manifests is refused',
    problem: oneOf('true', 'false'),
  },
  'poll-interval-seconds': {
    standard: '2',
    about: 'how often the status-reporter looks for the result',
    problem: whole(1, 60),
  },
  'reporter-image': {
    standard: 'hyperfleet/status-reporter:latest',
    about: 'image of the status-reporter',
    problem: image,
  },
  'service-account': {
    standard: 'maestro-handler',
    about: 'ServiceAccount of the pods',
    problem: first(dnsSubdomainProblems),
  },
  'token-audience': {
    standard: 'maestro',
    about: 'audience of the token for Maestro; none: no token',
    problem: (value) =>
      /^[\x21-\x7e]{1,200}$/.test(value) ? undefined : 'it takes printable characters without spaces',
  },
  'ttl-seconds': { standard: '3600', about: 'how long a finished Job is kept', problem: whole(0, 31_536_000) },
  'user-id': {
    standard: '65532',
    about: 'user and group of both containers; none: the platform assigns them, as OpenShift does',
    problem: orNone(whole(1, 2_147_483_647)),
  },
} as const satisfies Readonly<Record<string, Setting>>;

type Key = keyof typeof jobSettings;

/**
 * Reads `--set KEY=VALUE` pairs.
 *
 * @throws MaestroError usage with the list of keys for an unknown one, and for a value that its key does not take
 */
export function readSettings(pairs: readonly string[]): JobSettings {
  const values = new Map<Key, string>();
  for (const pair of pairs) {
    const [key, value] = readPair(pair);
    const before = values.get(key);
    if (before !== undefined && before !== value)
      throw new MaestroError('usage', `--set ${key} was given twice, with different values`);
    values.set(key, value);
  }
  const text = (key: Key): string => values.get(key) ?? jobSettings[key].standard;
  const unlessNone = (key: Key): string | undefined => (text(key) === 'none' ? undefined : text(key));
  const list = (key: Key): readonly string[] | undefined => unlessNone(key)?.split(',');
  const user = unlessNone('user-id');
  return {
    apiServerCidrs: list('api-server-cidr'),
    backoffLimit: Number(text('backoff-limit')),
    clientCertificate: text('client-certificate') === 'true',
    conditionType: text('condition-type'),
    cpuLimit: text('cpu-limit'),
    cpuRequest: text('cpu-request'),
    imagePullPolicy: unlessNone('image-pull-policy'),
    imagePullSecret: unlessNone('image-pull-secret'),
    maestroCidrs: list('maestro-cidr'),
    maestroNamespace: unlessNone('maestro-namespace'),
    memoryLimit: text('memory-limit'),
    memoryRequest: text('memory-request'),
    noRemove: text('no-remove') === 'true',
    pollIntervalSeconds: Number(text('poll-interval-seconds')),
    reporterImage: text('reporter-image'),
    serviceAccount: text('service-account'),
    tokenAudience: unlessNone('token-audience'),
    ttlSeconds: Number(text('ttl-seconds')),
    userId: user === undefined ? undefined : Number(user),
  };
}

function readPair(pair: string): readonly [Key, string] {
  const at = pair.indexOf('=');
  const key = at < 0 ? pair : pair.slice(0, at);
  if (!Object.hasOwn(jobSettings, key)) {
    throw unknownValue('--set', key, Object.keys(jobSettings));
  }
  const known = key as Key;
  const value = at < 0 ? '' : pair.slice(at + 1);
  const problem = value === '' ? 'it needs a value, KEY=VALUE' : jobSettings[known].problem(value);
  if (problem !== undefined)
    throw new MaestroError('usage', `--set ${pair}: ${problem}`, { hint: `${known}: ${jobSettings[known].about}.` });
  return [known, value];
}

function isCidr(text: string): boolean {
  try {
    ipaddr.parseCIDR(text);
    return true;
  } catch {
    return false;
  }
}
