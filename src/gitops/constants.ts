import { ownAnnotationPrefix } from '../core/works/own-annotations.ts';

/**
 * Names that the GitOps controllers share with the hub, with Argo CD and with
 * the controllers that they take over from. Bundles written by those are
 * adopted, so none of these names may change.
 */

const ocmPrefix = 'apps.open-cluster-management.io/';

/** Label on a hub application: opts in when its value reads as true. */
export const pullLabel = `${ocmPrefix}pull-to-ocm-managed-cluster`;
/** Annotation on a hub application: the target cluster, required. */
export const clusterAnnotation = `${ocmPrefix}ocm-managed-cluster`;
/** Annotation on a hub application: the namespace on the target cluster. */
export const spokeNamespaceAnnotation = `${ocmPrefix}ocm-managed-cluster-app-namespace`;
/** Annotation on bundle and spoke application: `<hub namespace>/<name>` of the owning ApplicationSet. */
export const hostingApplicationSetAnnotation = `${ocmPrefix}hosting-applicationset`;
/** Annotations on a bundle: the hub application it was made from. */
export const hubNamespaceAnnotation = `${ocmPrefix}hub-application-namespace`;
export const hubNameAnnotation = `${ocmPrefix}hub-application-name`;
/** Label on bundle and spoke application that an ApplicationSet owns. */
export const applicationSetLabel = `${ocmPrefix}application-set`;
/** Label on a bundle: SHA-1 of `<hub namespace>/<ApplicationSet>` in hex. */
export const applicationSetHashLabel = `${ocmPrefix}application-set-hash`;

/** Annotation on a hub application: its own Argo CD leaves it alone. */
export const skipReconcileAnnotation = 'argocd.argoproj.io/skip-reconcile';
/** Annotation on an application: one refresh, `normal` or `hard`; Argo CD removes it when done. */
export const refreshAnnotation = 'argocd.argoproj.io/refresh';
/** Annotations beside a refresh, since Argo CD 3.6: tell one request from the next. */
export const refreshTimestampAnnotation = 'argocd.argoproj.io/refresh-timestamp';
export const hydrateTimestampAnnotation = 'argocd.argoproj.io/hydrate-timestamp';
export const trackingIdAnnotation = 'argocd.argoproj.io/tracking-id';
export const syncOptionsAnnotation = 'argocd.argoproj.io/sync-options';
export const managedByLabel = 'argocd.argoproj.io/managed-by';
export const notifiedAnnotation = 'notified.notifications.argoproj.io';
export const lastAppliedAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';
/** Argo CD's tracking by label: the name of the application that an object belongs to. */
export const instanceLabel = 'app.kubernetes.io/instance';

/** Label on a ManagedCluster: `true`, in any case, is the hub itself. */
export const localClusterLabel = 'local-cluster';
/** Condition of a ManagedCluster. */
export const clusterAvailableCondition = 'ManagedClusterConditionAvailable';

/** Where a spoke application goes when neither annotation nor hub namespace tells. */
export const defaultSpokeNamespace = 'openshift-gitops';
/** Every spoke application deploys to the cluster it is on. */
export const inClusterServer = 'https://kubernetes.default.svc';

export const argoGroup = 'argoproj.io';
export const applicationApiVersion = 'argoproj.io/v1alpha1';
export const applicationKind = 'Application';
export const applicationSetKind = 'ApplicationSet';
export const applicationsResource = 'applications';
export const appProjectKind = 'AppProject';
export const appProjectsResource = 'appprojects';
/** The project of an application that names none. */
export const defaultProject = 'default';

/** Name of the one feedback value, the application's whole status. */
export const statusFeedbackName = 'status';

/** Our stamps, annotations on the work of a bundle. */
export const hubIdStamp = `${ownAnnotationPrefix}hub-id`;
export const hubUidStamp = `${ownAnnotationPrefix}hub-application-uid`;
export const contentHashStamp = `${ownAnnotationPrefix}content-hash`;
/** The version that the publish with this stamp made: a higher one was made by somebody else. */
export const versionStamp = `${ownAnnotationPrefix}version`;
/** Label on a bundle: the version as well, so that no version of ours differs from another in annotations alone. */
export const versionLabel = versionStamp;
/** Set by a migration on bundles that it works on: names its run. */
export const migrationStamp = `${ownAnnotationPrefix}migration`;
/** What the value of that stamp begins with on bundles of a frozen fleet. */
export const freezeStampPrefix = 'freeze-';
/** Beside it, who is to have the application in the end, `maestro` or `classic`: so that two runs see each other. */
export const migrationTowardsStamp = `${ownAnnotationPrefix}migration-towards`;
/** Beside it, the uid of the Application on the cluster before anything was done about it. */
export const migrationUidStamp = `${ownAnnotationPrefix}migration-uid`;
/** Annotation on the manifest of a probe: what stood on hub and in Maestro when it was made. */
export const probedStateAnnotation = `${ownAnnotationPrefix}probed-state`;
/**
 * Annotation on a ManagedCluster: which model its applications are left to. `classic` has our controllers leave them
 * alone, absent or `maestro` is ours; with anything else they are left alone too, because a doubt refuses.
 */
export const pullModelAnnotation = `${ownAnnotationPrefix}pull-model`;
/** Its value for our controllers. */
export const ownPullModel = 'maestro';
/** Its value for the classic model, and for as long as a migration works on the cluster. */
export const classicPullModel = 'classic';
/** Annotation on what a migration stopped, the classic Deployment or its operator: what was there before. */
export const beforeMigrationAnnotation = `${ownAnnotationPrefix}before-migration`;
/** What a frozen bundle's update strategies were: a JSON list, in the order of its manifest configs. */
export const strategiesStamp = `${ownAnnotationPrefix}strategies-before-freeze`;
/** Annotation on the report of an ApplicationSet that we wrote: what had to be left out of it. */
export const setReportStamp = `${ownAnnotationPrefix}appset-report`;
export const oneShotStamp = `${ownAnnotationPrefix}one-shot`;

/** Types of the conditions that we leave on a hub application; Argo CD's own never have these names. */
export const deliveryErrorType = 'MaestroDeliveryError';
export const deliveryWarningType = 'MaestroDeliveryWarning';

/**
 * Annotation on an Application in a bundle: makes it another one for the agent, which so applies it once more. It is no
 * part of the content that is hashed.
 */
export const touchAnnotation = `${ownAnnotationPrefix}touched`;
