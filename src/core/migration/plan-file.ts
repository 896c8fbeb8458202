import { MaestroError } from '../../errors.ts';
import { contentDigest } from '../content-digest.ts';
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
export const planApiVersion = 'maestro-cli.hyperfleet.io/v1' as const;
export const planKind = 'MigrationPlan' as const;

/** A work in the file of a plan. */
export interface PlannedWorkDocument {
  /** The bundle id in Maestro. */
  readonly id: string;
  /** The plural name of each manifest's resource by its label, `Kind.group/namespace/name`. */
  readonly resources: Readonly<Record<string, string>>;
  /** The whole ManifestWork. */
  readonly document: JsonObject;
}

/** The file of a plan. It holds manifests, Secrets too. */
export interface MigrationPlanDocument {
  /** Of this form; another meaning of a member gets another version. */
  readonly apiVersion: 'maestro-cli.hyperfleet.io/v1';
  /** What it is. */
  readonly kind: 'MigrationPlan';
  /** The source of all works in it. */
  readonly source: string;
  /** The pattern that the works are to have. */
  readonly to: Pattern;
  /**
   * When it was made, RFC 3339.
   *
   * @format date-time
   */
  readonly createdAt: string;
  /** In the order in which they are carried out. */
  readonly clusters: readonly PlannedClusterDocument[];
}

/** One cluster in the file of a plan. */
export interface PlannedClusterDocument {
  /** Its name. */
  readonly consumer: string;
  /** The works that were there, at the version to which all writes are pinned. */
  readonly old: readonly PlannedOldWorkDocument[];
  /** The works that take their place. */
  readonly new: readonly PlannedWorkDocument[];
  /** Who was found to manage the objects of each old work. */
  readonly managers: readonly OldManagers[];
  /** What is worth knowing before it is carried out, a sentence each. */
  readonly notes: readonly string[];
  /** SHA-256 in hex of source, pattern and all that stands here: what was changed afterwards was checked by nobody. */
  readonly digest: string;
}

/** A work that was there. */
export interface PlannedOldWorkDocument extends PlannedWorkDocument {
  /** That was stored. */
  readonly version: number;
}

/** The plan as JSON. */
export function planDocument({ source, to, createdAt, clusters }: MigrationPlan): MigrationPlanDocument {
  return {
    apiVersion: planApiVersion,
    kind: planKind,
    source,
    to,
    createdAt,
    clusters: clusters.map((cluster) => {
      const entry = {
        consumer: cluster.consumer,
        old: cluster.old.map((one) => ({ ...entryOf(one), version: one.version })),
        new: cluster.new.map((one) => entryOf(one)),
        managers: cluster.managers.map(({ work, managers, from }) => ({ work, managers, from })),
        notes: cluster.notes,
      };
      return { ...entry, digest: digestOf(source, to, entry) };
    }),
  };
}

function digestOf(source: string, to: Pattern, cluster: JsonObject | Omit<PlannedClusterDocument, 'digest'>): string {
  return contentDigest({ source, to, cluster } as unknown as JsonObject);
}

function entryOf({ id, work, resources }: NewWork): PlannedWorkDocument {
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
  const source = read.text(value, 'source');
  const createdAt = read.text(value, 'createdAt');
  const consumers = new Set<string>();
  const clusters = read.objects(value, 'clusters').map((cluster): ClusterPlan => {
    const plan = read.cluster(cluster);
    const { digest, ...entry } = cluster;
    if (digest !== digestOf(source, pattern, entry))
      throw invalid(file, `what it says of ${plan.consumer} was changed after it was planned`);
    if (consumers.has(plan.consumer)) throw invalid(file, `${plan.consumer} stands in it twice`);
    consumers.add(plan.consumer);
    return plan;
  });
  return { source, to: pattern, createdAt, clusters };
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
  return new MaestroError('invalid-input', `${file}: this is no plan that can be carried out: ${problem}`, {
    hint: {
      program: 'Nothing was sent. Plan again.',
      command: 'Nothing was sent. Make one with: maestro-cli migrate plan',
    },
  });
}
