import type { JsonObject } from '../../core/json.ts';
import {
  appProjectKind,
  appProjectsResource,
  applicationApiVersion,
  argoGroup,
  defaultProject,
  defaultSpokeNamespace,
  managedByLabel,
  syncOptionsAnnotation,
} from '../constants.ts';
import { objectAt } from '../../core/json-fields.ts';
import type { HubSummary } from '../model/hub-application.ts';

/** A manifest that goes ahead of the Application and stays on the cluster when the work is deleted. */
export interface Companion {
  readonly manifest: JsonObject;
  /** Addresses it in configs and orphaning rules. */
  readonly resource: JsonObject;
}

/** The Namespace that the spoke application lives in, as the classic model sends it. */
export function namespaceCompanion(app: HubSummary): Companion {
  const name = app.spokeNamespace;
  return {
    manifest: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name,
        labels: { [managedByLabel]: defaultSpokeNamespace },
        annotations: { [syncOptionsAnnotation]: 'Delete=false' },
      },
    },
    resource: { group: '', resource: 'namespaces', namespace: '', name },
  };
}

/** Every Argo CD of OpenShift makes `openshift-gitops/default` by itself; sending ours would take it over. */
export function needsProject(app: HubSummary): boolean {
  return app.project !== defaultProject || app.spokeNamespace !== defaultSpokeNamespace;
}

/** The hub's AppProject for the cluster: its name and `spec`, in the namespace of the spoke application. */
export function projectCompanion(app: HubSummary, project: JsonObject): Companion {
  const name = app.project;
  const namespace = app.spokeNamespace;
  return {
    manifest: {
      apiVersion: applicationApiVersion,
      kind: appProjectKind,
      metadata: { name, namespace },
      spec: objectAt(project, 'spec'),
    },
    resource: { group: argoGroup, resource: appProjectsResource, namespace, name },
  };
}
