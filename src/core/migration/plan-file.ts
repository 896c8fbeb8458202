import { MaestroError } from '../../errors.ts';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../json.ts';
import { workDocument } from '../works/document.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import { workOfDocument } from '../works/read-works.ts';
import type { ManagerSource } from './managers.ts';
import { patterns, type OldWork, type Pattern } from './old-work.ts';
import type { ClusterPlan, NewWork, OldManagers } from './cluster-plan.ts';

/** How the works of one source move to another pattern; all that a rollback needs is in it. */
export interface MigrationPlan {
  readonly source: string;
  readonly to: Pattern;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly clusters: readonly ClusterPlan[];
}

/** Group, version and kind of the file; another meaning of its fields gets another version. */
export const planApiVersion = 'maestro-cli.hyperfleet.io/v1';
export const planKind = 'MigrationPlan';

/** The plan as JSON. It holds manifests, Secrets too. */
export function planDocument({ source, to, createdAt, clusters }: MigrationPlan): JsonObject {
  return {
    apiVersion: planApiVersion,
    kind: planKind,
    source,
    to,
    createdAt,
    clusters: clusters.map((cluster) => ({
      consumer: cluster.consumer,
      old: cluster.old.map((one) => ({ ...entryOf(one), version: one.version })),
      new: cluster.new.map((one) => entryOf(one)),
      managers: cluster.managers.map(({ work, managers, from }) => ({ work, managers, from })),
      notes: cluster.notes,
    })),
  };
}

function entryOf({ id, work, resources }: NewWork): JsonObject {
  return { id, resources, document: workDocument(work) };
}

/**
 * Reads a plan back.
 *
 * @param file as messages name it
 * @throws MaestroError invalid-input for what is no plan of this version
 */
export function readPlan(text: string, file: string): MigrationPlan {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (caught) {
    throw invalid(file, `it is no JSON: ${MaestroError.from(caught).message}`);
  }
  if (!isJsonObject(value) || value['kind'] !== planKind) throw invalid(file, `it is no ${planKind}`);
  if (value['apiVersion'] !== planApiVersion)
    throw invalid(
      file,
      `its apiVersion is ${JSON.stringify(value['apiVersion'] ?? null)}, this version reads ${planApiVersion}`,
    );
  const read = new PlanReader(file);
  const to = read.text(value, 'to');
  const pattern = patterns.find((one) => one === to);
  if (pattern === undefined) throw invalid(file, `to: ${JSON.stringify(to)} is none of ${patterns.join(', ')}`);
  return {
    source: read.text(value, 'source'),
    to: pattern,
    createdAt: read.text(value, 'createdAt'),
    clusters: read.objects(value, 'clusters').map((cluster) => read.cluster(cluster)),
  };
}

/** Reads the fields of a plan, and names the one that is not as it has to be. */
class PlanReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  cluster(value: JsonObject): ClusterPlan {
    return {
      consumer: this.text(value, 'consumer'),
      old: this.objects(value, 'old').map((one): OldWork => ({
        ...this.#work(one),
        version: this.#number(one, 'version'),
      })),
      new: this.objects(value, 'new').map((one) => this.#work(one)),
      managers: this.objects(value, 'managers').map((one): OldManagers => ({
        work: this.text(one, 'work'),
        managers: this.#texts(one, 'managers'),
        from: this.text(one, 'from') as ManagerSource,
      })),
      notes: this.#texts(value, 'notes'),
    };
  }

  text(value: JsonObject, field: string): string {
    const text = value[field];
    if (typeof text !== 'string') throw this.#missing(field, 'a text');
    return text;
  }

  objects(value: JsonObject, field: string): readonly JsonObject[] {
    const list = value[field];
    if (!Array.isArray(list) || !list.every((one: JsonValue) => isJsonObject(one)))
      throw this.#missing(field, 'a list of objects');
    return list;
  }

  #work(value: JsonObject): NewWork {
    const { document, resources } = value;
    const work: ManifestWork | undefined = isJsonObject(document) ? workOfDocument(document) : undefined;
    if (work === undefined) throw this.#missing('document', 'a ManifestWork');
    if (!isJsonObject(resources)) throw this.#missing('resources', 'a map');
    return {
      id: this.text(value, 'id'),
      work,
      resources: Object.fromEntries(
        Object.entries(resources).flatMap(([label, plural]) => (typeof plural === 'string' ? [[label, plural]] : [])),
      ),
    };
  }

  #number(value: JsonObject, field: string): number {
    const number = value[field];
    if (typeof number !== 'number') throw this.#missing(field, 'a number');
    return number;
  }

  #texts(value: JsonObject, field: string): readonly string[] {
    const list = value[field];
    if (!Array.isArray(list) || !list.every((one) => typeof one === 'string'))
      throw this.#missing(field, 'a list of texts');
    return list;
  }

  #missing(field: string, what: string): MaestroError {
    return invalid(this.#file, `${field} is not ${what}`);
  }
}

function invalid(file: string, problem: string): MaestroError {
  return new MaestroError('invalid-input', `${file}: this is no plan of a migration: ${problem}`, {
    hint: 'Nothing was sent. Make one with: maestro-cli migrate plan',
  });
}
