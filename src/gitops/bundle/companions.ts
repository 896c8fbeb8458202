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
import { objectAt, textAt } from '../model/fields.ts';
import type { HubApplication } from '../model/hub-application.ts';

/** A manifest that goes ahead of the Application and stays on the cluster when the work is deleted. */
export interface Companion {
  readonly manifest: JsonObject;
  /** Addresses it in configs and orphaning rules. */
  readonly resource: JsonObject;
}

/** The Namespace that the spoke application lives in, as the classic model sends it. */
export function namespaceCompanion(app: HubApplication): Companion {
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

/** Name of the AppProject that an application belongs to. */
export function projectOf(app: HubApplication): string {
  const name = textAt(objectAt(app.object, 'spec'), 'project');
  return name === '' ? defaultProject : name;
}

/** Every Argo CD of OpenShift makes `openshift-gitops/default` by itself; sending ours would take it over. */
export function needsProject(app: HubApplication): boolean {
  return projectOf(app) !== defaultProject || app.spokeNamespace !== defaultSpokeNamespace;
}

/** The hub's AppProject for the cluster: its name and `spec`, in the namespace of the spoke application. */
export function projectCompanion(app: HubApplication, project: JsonObject): Companion {
  const name = projectOf(app);
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
