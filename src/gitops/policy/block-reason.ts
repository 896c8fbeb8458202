/** Why an application is not delivered: a closed set, for conditions, Events and a label of metrics. */
export const blockReasons = [
  'ClusterMissing',
  'ConsumerMissing',
  'NotAuthorised',
  'Invalid',
  'SpokeNameTaken',
  'ForeignBundle',
  'OtherHub',
  'NamespaceNotAllowed',
  'PredecessorDeleting',
  'RefusedByServer',
  'Unreadable',
  'BundleUnreadable',
  'Migrating',
] as const;
export type BlockReason = (typeof blockReasons)[number];
