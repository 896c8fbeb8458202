import { Document, Scalar, visit, type Tags } from 'yaml';
import { toWireJson, type JsonObject } from '../core/json.ts';
import { recordedExecutor } from '../core/works/own-annotations.ts';
import { workDocument, workFromBundle } from '../core/works/document.ts';
import { resolveScalar } from '../core/yaml/scalars.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';

/**
 * A stored work as a ManifestWork that apply takes back unchanged. The executor
 * is the one our annotation records, because REST does not return it.
 */
export function plainDocument(bundle: ResourceBundle): JsonObject {
  const work = workFromBundle(bundle);
  const executor = recordedExecutor(work);
  return workDocument({ ...work, namespace: bundle.consumerName, ...(executor === undefined ? {} : { executor }) });
}

/** The same with what the server and the agent have set; apply drops it again. */
export function fullDocument(bundle: ResourceBundle): JsonObject {
  const document = plainDocument(bundle);
  const metadata = document['metadata'] as JsonObject;
  const status = bundle.raw['status'];
  return {
    apiVersion: document['apiVersion'],
    kind: document['kind'],
    metadata: {
      ...metadata,
      name: workName(bundle) === '' ? bundle.id : workName(bundle),
      uid: bundle.id,
      resourceVersion: String(bundle.version),
      generation: bundle.version,
      creationTimestamp: bundle.createdAt,
      ...(bundle.deletedAt === undefined ? {} : { deletionTimestamp: bundle.deletedAt }),
    },
    spec: document['spec'],
    ...(status === undefined ? {} : { status }),
  };
}

/** YAML that every reader takes the same way: strings that YAML 1.1 or kubectl's reader would read otherwise are quoted. */
export function toYaml(value: JsonObject): string {
  const document = new Document(value, { version: '1.1', aliasDuplicateObjects: false, customTags: withoutMerge });
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === 'string' && needsQuotes(node.value)) node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Without the tag that would take the text "<<" for a merge key. */
function withoutMerge(tags: Tags): Tags {
  return tags.filter((tag) => typeof tag === 'string' || tag.tag !== 'tag:yaml.org,2002:merge');
}

/** What the YAML writer leaves bare and a reader would change: other words, merge keys, lines of blanks in a block. */
function needsQuotes(text: string): boolean {
  if (text === '<<' || /^[ \t]+$/m.test(text)) return true;
  try {
    return resolveScalar({ text, plain: true, tag: undefined }).type !== 'string';
  } catch {
    // It is refused as a plain scalar.
    return true;
  }
}

export function toJson(value: JsonObject): string {
  return `${toWireJson(value, 2)}\n`;
}
