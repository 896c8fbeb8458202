/** Which model is to have the applications. */
export type HandoverDirection = 'to-maestro' | 'to-classic';

/** How far a handover is to go. */
export type HandoverGoal =
  /** Both models own every application, which is proved. */
  | 'run'
  /** The model of before has let go, and its works are gone. */
  | 'finish'
  /** All is with the model of before. */
  | 'rollback';

/** What is decided when a handover is planned; whoever carries it out reads the rest from hub, Maestro and clusters. */
export interface HandoverPlan {
  readonly direction: HandoverDirection;
  /** Stamped on what the handover writes, so that it is gone on with, and told from another one. */
  readonly runId: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** Source id of the bundles. */
  readonly source: string;
  readonly hubId: string;
  /** scheme://host:port, so that a plan is not carried out on another hub. */
  readonly hubServer: string;
  readonly settings: HandoverSettings;
  /** By name. */
  readonly clusters: readonly PlannedCluster[];
}

export interface HandoverSettings {
  /** What the controllers send along; as they are set, else they would publish every bundle anew. */
  readonly deliverNamespace: boolean;
  /** The same of AppProjects. */
  readonly deliverProject: boolean;
  /** AppProjects that classic works hold stay on the clusters, and nobody updates them any more. */
  readonly leaveProjects: boolean;
  /** Namespace of the classic Deployment and its ConfigMap. */
  readonly classicNamespace: string;
  /** Namespace of the Deployment of our controllers. */
  readonly ownNamespace: string;
}

/** One cluster of a plan, with what is handed over there. */
export interface PlannedCluster {
  /** Of the ManagedCluster, which is that of its consumer. */
  readonly name: string;
  /** By key. */
  readonly applications: readonly PlannedApplication[];
}

export interface PlannedApplication {
  /** `<namespace>/<name>` on the hub. */
  readonly key: string;
  /** Of the hub's object. */
  readonly uid: string;
  /** On the cluster. */
  readonly spokeNamespace: string;
  /** On the cluster. */
  readonly spokeName: string;
  /** The bundle that it has or is to have. */
  readonly bundleId: string;
  /** The name of that. */
  readonly bundleName: string;
  /** Its classic work when it was planned; none before a handover to classic. */
  readonly classic?: PlannedClassicWork;
  /** What the new model would change of the Application on the cluster: paths such as `spec.destination.namespace`. */
  readonly differences: PlannedDifferences;
}

/** A work of the classic model, as it was when it was planned. */
export interface PlannedClassicWork {
  /** Its name, in the namespace of its cluster. */
  readonly name: string;
  /** Of the hub's object. */
  readonly uid: string;
  /** Of its content: another one was written since. */
  readonly generation: number;
}

/** What the other model changes of an application on its cluster. */
export interface PlannedDifferences {
  /** Where the Application would do something else. */
  readonly spec: readonly string[];
  /** Labels, annotations and finalizers. */
  readonly other: readonly string[];
  /** Somebody has agreed to those in `spec`. */
  readonly accepted: boolean;
}

/** Why an application is not handed over now; the others of its cluster are. */
export type ParkReason =
  /** The hub's application is gone, or is another one of its name by now. */
  | 'ApplicationGone'
  /** It is being deleted on the hub, or on its cluster. */
  | 'BeingDeleted'
  /** It is not, or not any more, one that is delivered to this cluster. */
  | 'NotSelected'
  /** Nobody delivers it there: neither a classic work nor a bundle. */
  | 'NotDelivered'
  /** There is more than one classic work for it. */
  | 'SeveralWorks'
  /** Its classic work was written or replaced since it was planned. */
  | 'WorkChanged'
  /** Its bundle is another hub's, another migration's or nobody's that we know. */
  | 'ForeignBundle'
  /** Its classic work is another migration's. */
  | 'ForeignWork'
  /** The Application is not on the cluster. */
  | 'NotOnCluster'
  /** It is on the cluster, and neither model owns it. */
  | 'NotOwned'
  /** The agent of the cluster cannot tell who owns it. */
  | 'OwnersUnknown'
  /** The Application on the cluster is another object than before. */
  | 'Replaced'
  /** The cluster's Argo CD runs an operation, which a write would take away. */
  | 'OperationRunning'
  /** The new model would change its `spec`, and nobody has accepted that. */
  | 'SpecDiffers'
  /** Its classic work holds an AppProject, and nobody has said what becomes of that. */
  | 'ProjectLeft'
  /** What is to be published is refused before it is sent. */
  | 'Invalid'
  /** A deleted work is in no backup. */
  | 'NoBackup';

/** Something that was left out of a plan, and why. */
export interface LeftOut {
  /** Its name. */
  readonly cluster: string;
  /** `application openshift-gitops/shop`, `ManifestWork shop-1a2b3`. */
  readonly subject: string;
  /** One word for why. */
  readonly reason: ParkReason;
  /** Why, in a sentence. */
  readonly text: string;
}
