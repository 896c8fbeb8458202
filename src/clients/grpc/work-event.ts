import type { CloudEventV1 } from 'cloudevents';
import { isoTime } from '../../core/iso-time.ts';
import { toWireJson } from '../../core/json.ts';
import { bundleData, eventMetadata } from '../../core/works/document.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import { traceparentOf, type TraceContext } from '../../core/trace-context.ts';
import { isWrittenWork, type WrittenWork } from '../../core/works/written-work.ts';
import { MaestroError } from '../../errors.ts';
import type { WorkRequest } from '../transport.ts';
import { manifestBundleDataType } from './event-types.ts';

export interface EventIdentity {
  /** UUID of the event itself; the server compares it, so each attempt needs its own. */
  readonly eventId: string;
  readonly timeMs: number;
  readonly trace?: TraceContext | undefined;
}

/**
 * The CloudEvent for a write, as recordings/lifecycle.json has it in the steps
 * create, update-v1 and delete: a delete carries a deletion time and no data.
 * The data is text, since the class would keep a copy of bytes in base64.
 * Throws an internal error when the target lacks a part the server requires.
 */
export function workEvent(
  request: WorkRequest<ManifestWork | WrittenWork>,
  identity: EventIdentity,
): CloudEventV1<string> {
  const { id, consumer, source } = request.target;
  // The server takes an event without a consumer or an id as far as decoding it.
  for (const [name, value] of Object.entries({ id, consumer, source })) {
    if (value === '') throw incomplete(`the work has no ${name}`);
  }
  const version = request.kind === 'create' ? 0 : request.version;
  if (!Number.isInteger(version) || version < 0 || version > 0x7fff_ffff)
    throw incomplete(`the version ${version} is no int32`);
  const time = new Date(identity.timeMs);
  const metadata =
    request.kind === 'delete'
      ? { name: request.workName, namespace: consumer, uid: id, resourceVersion: String(version) }
      : eventMetadata(request.work, id, consumer, version);
  try {
    // A plain object: the class of CloudEvents would check what is fixed here, or is checked above and by encodeEvent.
    return {
      id: identity.eventId,
      source,
      specversion: '1.0',
      type: `${manifestBundleDataType}.spec.${request.kind}_request`,
      time: isoTime(identity.timeMs),
      datacontenttype: 'application/json',
      clustername: consumer,
      resourceid: id,
      resourceversion: version,
      originalsource: '',
      metadata: toWireJson(metadata),
      ...traceAttributes(identity.trace),
      ...(request.kind === 'delete'
        ? { deletiontimestamp: time }
        : { data: isWrittenWork(request.work) ? request.work.dataText : toWireJson(bundleData(request.work)) }),
    };
  } catch (error) {
    throw incomplete(error instanceof Error ? error.message : String(error), error);
  }
}

/**
 * The extension "distributed tracing" of CloudEvents, and `logtracing` of Open Cluster Management: server and agents
 * put what stands in that into each line of their logs about the work, the trace's id as `op-id`.
 */
function traceAttributes(trace: TraceContext | undefined): Readonly<Record<string, string>> {
  if (trace === undefined) return {};
  return {
    traceparent: traceparentOf(trace),
    ...(trace.traceState === undefined ? {} : { tracestate: trace.traceState }),
    logtracing: JSON.stringify({ 'logging.open-cluster-management.io/op-id': trace.traceId }),
  };
}

function incomplete(problem: string, cause?: unknown): MaestroError {
  return new MaestroError('internal', `the write cannot be made an event: ${problem}`, { delivery: 'not-sent', cause });
}
