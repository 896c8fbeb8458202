import { MaestroError } from '../../errors.ts';
import { isJsonObject } from '../json.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { decodeStatus } from '../status/decode-status.ts';
import type { Consumer, ResourceBundle } from './resource-bundle.ts';
import { withTextMaps } from './text-maps.ts';

/** What Go writes for a time that is not set. */
const goZeroTime = '0001-01-01T00:00:00Z';

/**
 * Reads a resource bundle as REST gives it. An
 * empty `delete_option` or `status` and Go's zero time mean "absent".
 * @throws MaestroError `unavailable`/`ServerError` when it is no bundle, which
 * is what a proxy's or another service's 200 looks like.
 */
export function decodeBundle(json: JsonObject): ResourceBundle {
  const what = 'resource bundle';
  const version = json['version'];
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 0) throw unlike(what, 'version');
  const deletedAt = text(json['deleted_at']);
  const deleteOption = json['delete_option'];
  const status = json['status'];
  return {
    id: required(json, 'id', what),
    consumerName: required(json, 'consumer_name', what),
    version,
    createdAt: text(json['created_at']),
    updatedAt: text(json['updated_at']),
    ...(deletedAt === '' || deletedAt === goZeroTime ? {} : { deletedAt }),
    metadata: isJsonObject(json['metadata']) ? json['metadata'] : {},
    manifests: objectList(json['manifests'], 'manifests').map((manifest) => withTextMaps(manifest)),
    // Left out by servers that have nothing to say; manifests never are, and their absence would read as "all applied".
    manifestConfigs: objectList(json['manifest_configs'] ?? null, 'manifest_configs'),
    ...(isFilled(deleteOption) ? { deleteOption } : {}),
    ...(isFilled(status) ? { status: decodeStatus(status) } : {}),
    raw: json,
  };
}

/**
 * Reads a consumer as REST gives it; one without
 * labels has no `labels` member.
 * @throws MaestroError `unavailable`/`ServerError` when it is no consumer
 */
export function decodeConsumer(json: JsonObject): Consumer {
  const what = 'consumer';
  // A bundle has an id and a name, too.
  if ('consumer_name' in json) throw unlike(what, 'labels');
  const labels = isJsonObject(json['labels']) ? json['labels'] : {};
  return {
    id: required(json, 'id', what),
    name: required(json, 'name', what),
    labels: Object.fromEntries(
      Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    ),
    createdAt: text(json['created_at']),
    updatedAt: text(json['updated_at']),
  };
}

function required(json: JsonObject, member: string, what: string): string {
  const value = json[member];
  if (typeof value !== 'string' || value === '' || json['kind'] === 'Error') throw unlike(what, member);
  return value;
}

function objectList(json: JsonValue | undefined, member: string): readonly JsonObject[] {
  if (json === null) return [];
  if (!Array.isArray(json)) throw unlike('resource bundle', member);
  return (json as readonly JsonValue[]).map((item) => {
    if (!isJsonObject(item)) throw unlike('resource bundle', member);
    return item;
  });
}

function isFilled(value: JsonValue | undefined): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0;
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function unlike(what: string, member: string): MaestroError {
  return new MaestroError('unavailable', `the answer is not a ${what}: its ${member} is missing or of another kind`, {
    reason: 'ServerError',
    hint: 'Something other than Maestro may be answering: check the HTTP endpoint and any proxy in between.',
  });
}
