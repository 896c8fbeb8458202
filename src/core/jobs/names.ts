import { MaestroError } from '../../errors.ts';
import { dnsLabelProblems, dnsSubdomainProblems, labelValueProblems } from '../works/names.ts';
import { defaultImage } from './image.ts';

/** Names that the objects of all Jobs share. */
export const handlerName = 'maestro-handler';
export const reporterName = 'maestro-handler-reporter';
export const adapterContainer = 'maestro-cli';
export const reporterContainer = 'status-reporter';

/** Where containers find things. */
export const sharedFolder = '/shared';
export const resultsPath = '/shared/results.json';
export const configFolder = '/config';
export const manifestKey = 'manifest.yaml';
export const tlsFolder = '/etc/maestro/tls';
export const tokenFolder = '/var/run/secrets/maestro';
/** Where in-cluster clients look for their token. */
export const apiAccessFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

export const componentLabel = 'hyperfleet.io/component';
/** Of everything that belongs to these Jobs; policies select by the first, which was there before the others. */
export const handlerLabels = {
  [componentLabel]: handlerName,
  'app.kubernetes.io/name': handlerName,
  'app.kubernetes.io/component': 'adapter',
  'app.kubernetes.io/part-of': 'hyperfleet',
} as const;
/** Which of them it is: the name of the Job. */
export const instanceLabel = 'app.kubernetes.io/instance';
export const eventLabel = 'hyperfleet.io/event-id';
export const commandLabel = 'hyperfleet.io/maestro-command';

/** `maestro-handler-{event}`, as the origin names it. */
export function jobName(eventId: string): string {
  return `${handlerName}-${eventId}`;
}

/** `${event-id}`: left open for whoever makes Jobs of a template. */
export function isPlaceholder(text: string): boolean {
  return /\$\{[a-z0-9-]+\}/.test(text);
}

/**
 * An event id becomes part of the Job's name, which is a label value of its
 * pods and so has at most 63 characters, and a label value itself.
 *
 * @throws MaestroError usage
 */
export function checkEventId(eventId: string): void {
  const name = jobName(eventId);
  const [problem] = [...dnsLabelProblems(name), ...labelValueProblems(eventId)];
  if (problem === undefined && eventId !== '') return;
  throw new MaestroError(
    'usage',
    `--event-id=${eventId} makes the Job name "${name}" (${name.length} characters), which ${problem}`,
    {
      hint: `Give an id of lower case letters, digits and '-', at most ${63 - jobName('').length} characters; the event's own id may go into --sentinel-event-id.`,
    },
  );
}

/** @throws MaestroError usage unless the text is a DNS label: namespaces, consumers, works */
export function checkLabelName(flag: string, text: string): void {
  const [problem] = dnsLabelProblems(text);
  if (problem !== undefined) throw new MaestroError('usage', `${flag}=${text} ${problem}`);
}

/** @throws MaestroError usage unless the text is a DNS subdomain: Secrets, ConfigMaps, ServiceAccounts */
export function checkObjectName(flag: string, text: string): void {
  const [problem] = dnsSubdomainProblems(text);
  if (problem !== undefined) throw new MaestroError('usage', `${flag}=${text} ${problem}`);
}

const imageReference =
  /^(?:[A-Za-z0-9.-]+(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_|__|-+|\/)[a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;

/** @throws MaestroError usage unless the text is an image reference: `[host[:port]/]path[:tag][@sha256:…]` */
export function checkImage(flag: string, text: string): void {
  if (text.length <= 512 && imageReference.test(text)) return;
  throw new MaestroError('usage', `${flag}=${text} is no image reference`, {
    hint: `Write it like ${defaultImage} or host/path@sha256:….`,
  });
}
