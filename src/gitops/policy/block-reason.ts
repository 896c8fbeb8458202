/** Why an application is not delivered: a closed set, shown in its condition, as an Event's reason and as a metric's label. */
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
