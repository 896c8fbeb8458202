import { hash } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { oneLine } from '../../core/shown-text.ts';
import { isDnsLabel } from '../../core/works/names.ts';
import { buildBundle } from '../bundle/build-bundle.ts';
import { bundleProblems } from '../bundle/bundle-problems.ts';
import { draftBundle } from '../bundle/draft-bundle.ts';
import { spokeApplication } from '../bundle/spoke-application.ts';
import { comparedSpec } from '../classic/differences.ts';
import { bundleNameOf } from '../bundle/bundle-name.ts';
import {
  clusterAnnotation,
  deliveryErrorType,
  deliveryWarningType,
  pullLabel,
  skipReconcileAnnotation,
} from '../constants.ts';
import { parseHubApplication, type HubApplication } from '../model/hub-application.ts';
import type { ApplicationFacts } from './facts.ts';
import { shortened } from '../../core/text.ts';

/** What Go reads as false, and nobody who writes it means to opt in. */
const optedOut: ReadonlySet<string> = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);
/** Far below what clients take, so that only applications above it are built to see. Characters of their spec. */
const surelySmall = 50_000;
/** Agents and Argo CD repeat whole objects in some messages. */
const longestMessage = 500;
/** Argo CD's condition for a project or a spec that it does not take. */
const specErrorType = 'InvalidSpecError';

/**
 * What the checks need of an Application of the hub; nothing of the object is
 * kept. undefined for one that neither label nor annotation brings near the
 * model. Never throws.
 *
 * @param withSpec keeps a hash of the spec that would be delivered
 */
export function projectApplication(object: JsonObject, withSpec = false): ApplicationFacts | undefined {
  const metadata = objectAt(object, 'metadata');
  const label = stringMapAt(metadata, 'labels')[pullLabel];
  const cluster = stringMapAt(metadata, 'annotations')[clusterAnnotation] ?? '';
  if (label === undefined ? cluster === '' : optedOut.has(label)) return undefined;
  const app = parseHubApplication(object);
  const refusals = refusalsOf(app);
  const { conditions, specError } = conditionsOf(app);
  return {
    key: app.key,
    namespace: app.namespace,
    name: app.name,
    uid: app.uid,
    cluster,
    spokeNamespace: app.spokeNamespace,
    selected: app.selected && cluster !== '',
    ...(label === undefined || app.selected ? {} : { unreadLabel: label }),
    skipReconcile: app.skipReconcile,
    deleting: app.deletionTimestamp !== undefined,
    ...(refusals.length === 0 ? {} : { refusals }),
    ...(conditions.length === 0 ? {} : { conditions }),
    ...(specError === undefined ? {} : { specError }),
    ...(withSpec ? { specHash: specHash(spokeApplication(app, false)) } : {}),
  };
}

/** What is refused of the work that would be made of it; it is made only where a look at the names leaves a doubt. */
function refusalsOf(app: HubApplication): readonly string[] {
  if (app.unreadable !== undefined) return [app.unreadable];
  const { namespace, name, cluster, spokeNamespace } = app;
  if (cluster === '') return [];
  const names = [bundleNameOf(namespace, name), cluster, spokeNamespace, name];
  const small = JSON.stringify(app.object['spec'] ?? {}).length < surelySmall;
  if (small && app.finalizers.length < 10 && names.every((label) => isDnsLabel(label))) return [];
  const settings = { sourceId: 'check', hubId: 'check', deliverNamespace: false, deliverProject: false };
  const draft = draftBundle(app, settings);
  return bundleProblems(buildBundle(app, draft, settings, { oneShot: {} }), app);
}

function conditionsOf(app: HubApplication): {
  readonly conditions: readonly { readonly type: string; readonly message: string }[];
  readonly specError: string | undefined;
} {
  const all = objectsAt(app.status ?? {}, 'conditions');
  const told = all.map((condition) => ({
    type: textAt(condition, 'type'),
    message: short(textAt(condition, 'message')),
  }));
  return {
    conditions: told.filter(
      ({ type, message }) => (type === deliveryErrorType || type === deliveryWarningType) && !isTold(message),
    ),
    specError: told.find(({ type }) => type === specErrorType)?.message,
  };
}

/** A check of its own tells of it. */
function isTold(message: string): boolean {
  return message.includes(skipReconcileAnnotation);
}

/** Tells whether two Applications deploy the same, in few bytes. */
export function specHash(manifest: JsonObject): string {
  return hash('sha1', comparedSpec(manifest), 'base64');
}

export function short(text: string): string {
  return shortened(oneLine(text), longestMessage);
}
