import { canonicalJson } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { bundleOf, metadataOf, parsePayload } from '../service/bundle.ts';
import type { Bundle, StatusEvent } from '../service/bundle.ts';
import type { StoredWork } from '../store/types.ts';
import type { WireAttribute, WireEvent } from './wire.ts';

export const statusUpdateType = 'io.open-cluster-management.works.v1alpha1.manifestbundles.status.update_request';
export const heartbeatType = 'io.open-cluster-management.cloudevents.heartbeat';

/** A status event on the stream, with the bundle it is about (recordings/lifecycle.json). */
export function encodeStatus(work: StoredWork, event: StatusEvent): WireEvent {
  const payload = parsePayload(work);
  const metadata = metadataOf(work, payload);
  const seconds = Math.floor(event.timeMs / 1000);
  const text = (value: string): WireAttribute => ({ ce_string: value });
  const data = {
    manifestBundle: presentBundle(bundleOf(payload)),
    conditions: event.conditions,
    ...(event.resourceStatus.length === 0 ? {} : { resourceStatus: event.resourceStatus }),
  };
  return {
    id: event.id,
    source: event.source,
    spec_version: '1.0',
    type: statusUpdateType,
    attributes: {
      'ce-time': {
        ce_timestamp: { seconds: String(seconds), nanos: Math.round((event.timeMs - seconds * 1000) * 1_000_000) },
      },
      'ce-clustername': text(work.consumerName),
      'ce-resourceid': text(work.id),
      'ce-resourceversion': { ce_integer: event.resourceVersion },
      'ce-sequenceid': text(event.sequenceId),
      'ce-statushash': text(event.statusHash),
      'ce-originalsource': text('maestro'),
      'ce-logtracing': text('{}'),
      ...(metadata === undefined ? {} : { 'ce-metadata': text(canonicalJson(metadata)) }),
      contenttype: text('application/json'),
    },
    binary_data: Buffer.from(JSON.stringify(data)),
  };
}

export function heartbeat(id: string): WireEvent {
  return { id, spec_version: '1.0', type: heartbeatType };
}

function presentBundle(bundle: Bundle): JsonObject {
  return {
    // The store keeps payloads with their keys in order, as Go prints them.
    manifests: bundle.manifests,
    ...(bundle.deleteOption === undefined ? {} : { deleteOption: bundle.deleteOption }),
    ...(bundle.manifestConfigs.length === 0 ? {} : { manifestConfigs: bundle.manifestConfigs }),
    ...(bundle.executer === undefined ? {} : { executer: bundle.executer }),
  };
}
