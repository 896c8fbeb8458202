import { readFileSync } from 'node:fs';
import { isJsonObject } from '../../../src/core/json.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { decodeStatusEvent } from '../../../src/core/status/decode-status.ts';
import type { WorkView } from '../../../src/core/status/fold.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { decodeBundle } from '../../../src/core/works/decode-bundle.ts';

interface Step {
  readonly step: string;
  readonly response?: { readonly status?: number; readonly body?: JsonValue };
  readonly response_stream?: readonly { readonly event: RecordedEvent }[];
}

interface RecordedEvent {
  readonly type: string;
  readonly attributes?: Readonly<Record<string, { readonly ce_string?: string; readonly ce_integer?: number }>>;
  readonly data?: JsonObject;
}

/** A status event completed to what the fold takes, at the version that the event names. */
export interface StreamedView {
  readonly label: string;
  readonly view: WorkView & { readonly version: number };
  readonly receivedAt: string;
}

export function readRecording(name: string): readonly Step[] {
  const url = new URL(`../../fixtures/recordings/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { readonly steps: readonly Step[] }).steps;
}

/** Every bundle that a REST answer of the recording holds, lists included. */
export function recordedBundles(name: string): readonly { readonly label: string; readonly bundle: ResourceBundle }[] {
  return readRecording(name).flatMap(({ step, response }) => {
    const body = response?.body;
    if (!isJsonObject(body)) return [];
    const items = (Array.isArray(body['items']) ? body['items'] : [body]) as readonly JsonValue[];
    return items
      .filter((item) => isJsonObject(item))
      .filter((item) => item['kind'] === 'ResourceBundle')
      .map((item, index) => ({ label: `${step}[${index}]`, bundle: decodeBundle(item) }));
  });
}

/** Every status event of the steps of a recording, in order. */
export function recordedEvents(name: string, only?: string): readonly StreamedView[] {
  return readRecording(name)
    .filter(({ step }) => only === undefined || step === only)
    .flatMap(({ step, response_stream: stream = [] }) =>
      (stream as readonly { readonly event: RecordedEvent; readonly received_at: string }[]).flatMap(
        ({ event, received_at: receivedAt }, index) => {
          const { data, attributes } = event;
          if (data === undefined || attributes === undefined) return [];
          const version = attributes['ce-resourceversion']?.ce_integer ?? -1;
          const sequenceId = attributes['ce-sequenceid']?.ce_string ?? '';
          const work = data['manifestBundle'] as JsonObject;
          return [
            {
              label: `${step}[${index}] v${version}`,
              receivedAt,
              view: {
                version,
                manifests: work['manifests'] as readonly JsonObject[],
                status: decodeStatusEvent(data, version, sequenceId),
              },
            },
          ];
        },
      ),
    );
}
