import { formatAge } from '../../../core/duration.ts';
import type { JsonObject } from '../../../core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../../core/json-fields.ts';
import { versionsText } from '../../../core/status/reported-text.ts';
import { shownState } from '../../../core/status/shown-state.ts';
import { storedContent } from '../../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { hubUidStamp } from '../../../gitops/constants.ts';
import { parseHubApplication, type HubApplication } from '../../../gitops/model/hub-application.ts';
import { isDeliveryType } from '../../../gitops/status/delivery-condition.ts';
import type { LiveHub, OpenedApplication } from '../data/live-hub.ts';
import type { Place } from '../frame/view.ts';
import { line, span, wrapText, type Line, type Tone } from '../screen/line.ts';
import { toneOfHealth, toneOfSync } from './application-tones.ts';

type Flow = (text: string, tone?: Tone) => readonly Line[];

/** All that hub and Maestro say of the application that is open. */
export function applicationLines(hub: Pick<LiveHub, 'opened'>, { columns, wallMs }: Place): readonly Line[] {
  const { opened } = hub;
  if (opened === undefined) return [line('no application is open: choose one, and press enter')];
  const flow: Flow = (text, tone = 'plain') =>
    wrapText(text, Math.max(1, columns - 2)).map((part) => line('  ', span(part, tone)));
  const head = line(span(opened.key, 'strong'), span(' · esc goes back, w opens its work', 'dim'));
  if (opened.object === undefined) return [head, ...unreadLines(opened, flow)];
  const app = parseHubApplication(opened.object);
  return [
    head,
    ...unreadLines(opened, flow),
    ...hubLines(app, flow, wallMs),
    ...deliveryLines(app, flow, wallMs),
    ...placeLines(app, flow),
    ...bundleLines(opened, { app, flow, wallMs }),
  ];
}

function unreadLines({ object, isGone, hubError }: OpenedApplication, flow: Flow): readonly Line[] {
  const stale = object === undefined ? '' : '; below is what was last read';
  if (hubError !== undefined) return flow(`the hub cannot be read: ${hubError.message}${stale}`, 'bad');
  if (isGone) return flow(`the hub does not have this application any more${stale}`, 'warn');
  return object === undefined ? flow('reading …') : [];
}

function heading(text: string): Line {
  return line(span(text, 'strong'));
}

/** The status that the hub has, which is what the application's cluster reported. */
function hubLines({ status = {}, deletionTimestamp }: HubApplication, flow: Flow, wallMs: number): readonly Line[] {
  const sync = objectAt(status, 'sync');
  const health = objectAt(status, 'health');
  const syncWord = textAt(sync, 'status');
  const healthWord = textAt(health, 'status');
  const told = objectsAt(status, 'conditions').filter((condition) => !isDeliveryType(textAt(condition, 'type')));
  return [
    heading('On the hub'),
    ...flow(`sync: ${syncWord || 'not reported'}${behind(revisionsOf(sync))}`, toneOfSync(syncWord)),
    ...flow(`health: ${healthWord || 'not reported'}${behind(textAt(health, 'message'))}`, toneOfHealth(healthWord)),
    ...operationLines(objectAt(status, 'operationState'), flow, wallMs),
    ...agoLines('compared by Argo CD', textAt(status, 'reconciledAt'), { flow, wallMs }),
    ...told.flatMap((condition) => flow(conditionText(condition, wallMs), 'warn')),
    ...(deletionTimestamp === undefined ? [] : flow(`being deleted since ${deletionTimestamp}`, 'warn')),
  ];
}

function revisionsOf(sync: JsonObject): string {
  const { revisions } = sync;
  if (!Array.isArray(revisions)) return textAt(sync, 'revision');
  return (revisions as readonly unknown[]).filter((revision) => typeof revision === 'string').join(', ');
}

function operationLines(operation: JsonObject, flow: Flow, wallMs: number): readonly Line[] {
  const phase = textAt(operation, 'phase');
  if (phase === '') return [];
  const tone = phase === 'Failed' || phase === 'Error' ? 'bad' : 'plain';
  const finished = textAt(operation, 'finishedAt');
  const when = finished === '' ? 'begun' : 'ended';
  return [
    ...flow(`last operation: ${phase}${behind(textAt(operation, 'message'))}`, tone),
    ...agoLines(`operation ${when}`, finished === '' ? textAt(operation, 'startedAt') : finished, { flow, wallMs }),
  ];
}

/** What the controllers have written on the application, word for word. */
function deliveryLines({ status = {} }: HubApplication, flow: Flow, wallMs: number): readonly Line[] {
  const told = objectsAt(status, 'conditions').filter((condition) => isDeliveryType(textAt(condition, 'type')));
  return [
    heading('Delivery, as the controllers tell it'),
    ...told.flatMap((condition) =>
      flow(conditionText(condition, wallMs), textAt(condition, 'type').endsWith('Error') ? 'bad' : 'warn'),
    ),
    ...(told.length === 0 ? flow('nothing in the way is told') : []),
  ];
}

function placeLines(app: HubApplication, flow: Flow): readonly Line[] {
  const { cluster, spokeNamespace, project, applicationSet, skipReconcile, object } = app;
  const destination = objectAt(objectAt(object, 'spec'), 'destination');
  return [
    heading('Where it goes'),
    ...flow(cluster === '' ? 'cluster: none is named' : `cluster: ${cluster}`, 'place'),
    ...flow(`Application on the cluster: ${spokeNamespace}/${app.name}`),
    ...flow(`deploys to namespace: ${textAt(destination, 'namespace') || 'not named'}`),
    ...flow(`project: ${project}`),
    ...(applicationSet === undefined ? [] : flow(`ApplicationSet: ${applicationSet}`)),
    ...(skipReconcile ? [] : flow('the Argo CD of the hub may reconcile it too: it is not told to skip it', 'warn')),
  ];
}

function bundleLines(
  { bundles, maestroError }: OpenedApplication,
  { app, flow, wallMs }: { readonly app: HubApplication; readonly flow: Flow; readonly wallMs: number },
): readonly Line[] {
  const error = maestroError === undefined ? [] : flow(`Maestro cannot be read: ${maestroError.message}`, 'bad');
  const found = bundles ?? [];
  const none = bundles !== undefined && found.length === 0 ? flow('Maestro has no work of this application there') : [];
  return [
    heading('In Maestro'),
    ...error,
    ...none,
    ...found.flatMap((bundle) => workLines(bundle, { app, flow, wallMs })),
  ];
}

function workLines(
  bundle: ResourceBundle,
  { app, flow, wallMs }: { readonly app: HubApplication; readonly flow: Flow; readonly wallMs: number },
): readonly Line[] {
  const state = shownState(bundle, wallMs);
  const madeFor = stringMapAt({ annotations: storedContent(bundle).annotations }, 'annotations')[hubUidStamp];
  const isOther = madeFor !== undefined && madeFor !== '' && madeFor !== app.uid;
  return [
    line('  ', span(`${workName(bundle)} on `), span(bundle.consumerName, 'place'), ' ', span(state, { state })),
    ...flow(
      `version ${versionsText(bundle.status?.observedVersion, bundle.version)} observed/stored · id ${bundle.id}`,
    ),
    ...(isOther ? flow(`it was made of another Application of this name (uid ${madeFor})`, 'warn') : []),
  ];
}

function conditionText(condition: JsonObject, wallMs: number): string {
  const sinceMs = Date.parse(textAt(condition, 'lastTransitionTime'));
  const age = Number.isNaN(sinceMs) ? '' : ` for ${formatAge(wallMs - sinceMs)}`;
  return `${textAt(condition, 'type')}${age}: ${textAt(condition, 'message')}`;
}

function agoLines(
  what: string,
  rfc3339: string,
  { flow, wallMs }: { readonly flow: Flow; readonly wallMs: number },
): readonly Line[] {
  const ms = Date.parse(rfc3339);
  return Number.isNaN(ms) ? [] : flow(`${what} ${formatAge(wallMs - ms)} ago`);
}

function behind(text: string): string {
  return text === '' ? '' : ` · ${text}`;
}
