/** Why an application is not delivered: a closed set, for conditions, Events and a label of metrics. */
export type BlockReason =
  | 'ClusterMissing'
  | 'ConsumerMissing'
  | 'NotAuthorised'
  | 'Invalid'
  | 'SpokeNameTaken'
  | 'ForeignBundle'
  | 'OtherHub'
  | 'NamespaceNotAllowed'
  | 'PredecessorDeleting'
  | 'RefusedByServer'
  | 'Unreadable'
  | 'BundleUnreadable'
  | 'Migrating'
  | 'ClusterSwitchedOff'
  | 'ClassicWorkLeft'
  | 'Frozen';
