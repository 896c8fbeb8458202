/** The data type of every ManifestWork event. */
export const manifestBundleDataType = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

export const heartbeatType = 'io.open-cluster-management.cloudevents.heartbeat';
export const statusUpdateType = `${manifestBundleDataType}.status.update_request`;
