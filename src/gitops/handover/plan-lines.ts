import { contentDigest } from '../../core/content-digest.ts';
import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type {
  HandoverDirection,
  HandoverPlan,
  HandoverSettings,
  PlannedApplication,
  PlannedCluster,
  PlannedDifferences,
} from './plan.ts';

/*
 * The file of a plan: a head, and one line for each cluster, so that a plan of
 * any size is written and read line by line. Each line carries a digest of
 * itself and the head, so what was changed afterwards, cut off or put together
 * of two plans is refused.
 */

/** Another meaning of a member gets another version. */
const handoverPlanApiVersion = 'maestro-cli.hyperfleet.io/v1' as const;
const handoverPlanKind = 'HandoverPlan' as const;

/** The first line of the file of a plan. */
export interface HandoverPlanHead {
  /** Of this form; another meaning of a member gets another version. */
  readonly apiVersion: 'maestro-cli.hyperfleet.io/v1';
  /** What it is. */
  readonly kind: 'HandoverPlan';
  /** Which model is to have the applications. */
  readonly direction: HandoverDirection;
  /** Stamped on what the migration writes. */
  readonly runId: string;
  /**
   * When it was made, RFC 3339.
   *
   * @format date-time
   */
  readonly createdAt: string;
  /** Source id of the bundles. */
  readonly source: string;
  /** Stamped on the bundles: who the hub is. */
  readonly hubId: string;
  /** The API server of the hub, scheme://host:port; the plan is for this hub alone. */
  readonly hubServer: string;
  /** What was decided for all applications. */
  readonly settings: HandoverSettings;
  /** How many lines follow. */
  readonly clusterCount: number;
  /** How many applications they have together. */
  readonly applicationCount: number;
  /** SHA-256 in hex of all else that stands here. */
  readonly digest: string;
}

/** Any other line of the file: one cluster. */
export interface HandoverPlanCluster extends PlannedCluster {
  /** SHA-256 in hex of all else that stands here, and of the digest of the head. */
  readonly digest: string;
}

/** A line of the file of a plan: the first one, and any other. */
export type HandoverPlanLine = HandoverPlanHead | HandoverPlanCluster;

/** The lines of a plan, without their ends. */
export function* planLines({ clusters, ...plan }: HandoverPlan): Generator<string, void, void> {
  const { direction, runId, createdAt, source, hubId, hubServer, settings } = plan;
  const head: Omit<HandoverPlanHead, 'digest'> = {
    apiVersion: handoverPlanApiVersion,
    kind: handoverPlanKind,
    direction,
    runId,
    createdAt,
    source,
    hubId,
    hubServer,
    settings,
    clusterCount: clusters.length,
    applicationCount: clusters.reduce((sum, { applications }) => sum + applications.length, 0),
  };
  const digest = contentDigest(head as unknown as JsonObject);
  yield JSON.stringify({ ...head, digest } satisfies HandoverPlanHead);
  for (const cluster of clusters) {
    const line: HandoverPlanCluster = { ...cluster, digest: clusterDigest(digest, cluster as unknown as JsonObject) };
    yield JSON.stringify(line);
  }
}

function clusterDigest(head: string, cluster: JsonObject): string {
  return contentDigest({ head, cluster });
}

/**
 * Reads a plan back, and keeps the clusters that are asked about; the others are checked and dropped.
 *
 * @param file as messages name it
 * @param names of clusters; empty: all
 * @throws MaestroError invalid-input for what is no plan, or no whole one; usage for a cluster that is not in it
 */
export function readPlanLines(lines: Iterable<string>, file: string, names: readonly string[]): HandoverPlan {
  const wanted = new Set(names);
  const clusters: PlannedCluster[] = [];
  let head: HandoverPlanHead | undefined;
  let last = '';
  let clusterCount = 0;
  let applicationCount = 0;
  for (const text of lines) {
    const value = parsed(text, file);
    if (head === undefined) {
      head = headOf(value, file);
      continue;
    }
    const { digest, ...entry } = value;
    const cluster = clusterOf(entry, file);
    if (digest !== clusterDigest(head.digest, entry))
      throw invalid(file, `what it says of ${cluster.name} was changed after it was planned`);
    if (cluster.name <= last) throw invalid(file, `${cluster.name} stands in it twice, or not in its order`);
    last = cluster.name;
    clusterCount += 1;
    applicationCount += cluster.applications.length;
    if (wanted.size === 0 || wanted.has(cluster.name)) clusters.push(cluster);
  }
  if (head === undefined) throw invalid(file, 'it is empty');
  if (clusterCount !== head.clusterCount || applicationCount !== head.applicationCount)
    throw invalid(file, `it has ${clusterCount} clusters of ${head.clusterCount}, so it is not whole`);
  const missing = [...wanted].filter((name) => !clusters.some((cluster) => cluster.name === name));
  if (missing.length > 0)
    throw new MaestroError('usage', `the plan ${file} has no cluster ${missing.join(', ')}`, {
      reason: 'NothingSelected',
    });
  const { direction, runId, createdAt, source, hubId, hubServer, settings } = head;
  return { direction, runId, createdAt, source, hubId, hubServer, settings, clusters };
}

function parsed(text: string, file: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    // The parser quotes what it read, and any file may have been named, one with a token in it too.
    throw invalid(file, 'a line of it is no JSON, so it is not whole, or no plan');
  }
  if (!isJsonObject(value)) throw invalid(file, 'a line of it is no object');
  return value;
}

function headOf(value: JsonObject, file: string): HandoverPlanHead {
  if (value['kind'] !== handoverPlanKind) throw invalid(file, `it is no ${handoverPlanKind}`);
  if (value['apiVersion'] !== handoverPlanApiVersion)
    throw invalid(
      file,
      `its apiVersion is ${JSON.stringify(value['apiVersion'] ?? null)}, this version reads ${handoverPlanApiVersion}`,
    );
  const { digest, ...rest } = value;
  if (digest !== contentDigest(rest)) throw invalid(file, 'its first line was changed after it was planned');
  const read = new LineReader(value, file);
  return {
    apiVersion: handoverPlanApiVersion,
    kind: handoverPlanKind,
    direction: read.oneOf('direction', ['to-maestro', 'to-classic']),
    runId: read.text('runId'),
    createdAt: read.text('createdAt'),
    source: read.text('source'),
    hubId: read.text('hubId'),
    hubServer: read.text('hubServer'),
    settings: settingsOf(read.object('settings')),
    clusterCount: read.number('clusterCount'),
    applicationCount: read.number('applicationCount'),
    digest,
  };
}

function settingsOf(read: LineReader): HandoverSettings {
  return {
    deliverNamespace: read.flag('deliverNamespace'),
    deliverProject: read.flag('deliverProject'),
    leaveProjects: read.flag('leaveProjects'),
    classicNamespace: read.text('classicNamespace'),
    ownNamespace: read.text('ownNamespace'),
  };
}

function clusterOf(value: JsonObject, file: string): PlannedCluster {
  const read = new LineReader(value, file);
  return { name: read.text('name'), applications: read.objects('applications').map((one) => applicationOf(one)) };
}

function applicationOf(read: LineReader): PlannedApplication {
  const classic = read.has('classic') ? read.object('classic') : undefined;
  return {
    key: read.text('key'),
    uid: read.text('uid'),
    spokeNamespace: read.text('spokeNamespace'),
    spokeName: read.text('spokeName'),
    bundleId: read.text('bundleId'),
    bundleName: read.text('bundleName'),
    ...(classic === undefined
      ? {}
      : {
          classic: {
            name: classic.text('name'),
            uid: classic.text('uid'),
            generation: classic.number('generation'),
          },
        }),
    differences: differencesOf(read.object('differences')),
  };
}

function differencesOf(read: LineReader): PlannedDifferences {
  return { spec: read.texts('spec'), other: read.texts('other'), accepted: read.flag('accepted') };
}

/** Reads the members of a line, and names the one that is not as it has to be. */
class LineReader {
  readonly #value: JsonObject;
  readonly #file: string;

  constructor(value: JsonObject, file: string) {
    this.#value = value;
    this.#file = file;
  }

  has(member: string): boolean {
    return this.#value[member] !== undefined;
  }

  text(member: string): string {
    const text = this.#value[member];
    if (typeof text !== 'string' || text === '') throw this.#wrong(member, 'a text');
    return text;
  }

  oneOf<T extends string>(member: string, known: readonly T[]): T {
    const text = this.text(member);
    const found = known.find((one) => one === text);
    if (found === undefined) throw this.#wrong(member, `one of ${known.join(', ')}`);
    return found;
  }

  number(member: string): number {
    const number = this.#value[member];
    if (typeof number !== 'number') throw this.#wrong(member, 'a number');
    return number;
  }

  flag(member: string): boolean {
    const flag = this.#value[member];
    if (typeof flag !== 'boolean') throw this.#wrong(member, 'true or false');
    return flag;
  }

  texts(member: string): readonly string[] {
    const list = this.#value[member];
    if (!Array.isArray(list) || !list.every((one) => typeof one === 'string'))
      throw this.#wrong(member, 'a list of texts');
    return list;
  }

  object(member: string): LineReader {
    const value = this.#value[member];
    if (!isJsonObject(value)) throw this.#wrong(member, 'an object');
    return new LineReader(value, this.#file);
  }

  objects(member: string): readonly LineReader[] {
    const list = this.#value[member];
    if (!Array.isArray(list)) throw this.#wrong(member, 'a list');
    return list.map((one: JsonValue) => {
      if (!isJsonObject(one)) throw this.#wrong(member, 'a list of objects');
      return new LineReader(one, this.#file);
    });
  }

  #wrong(member: string, what: string): MaestroError {
    return invalid(this.#file, `${member} is not ${what}`);
  }
}

function invalid(file: string, problem: string): MaestroError {
  return new MaestroError('invalid-input', `${file}: this is no plan that can be carried out: ${problem}`, {
    hint: {
      program: 'Nothing was sent. Plan again.',
      command: 'Nothing was sent. Make one with: maestro-cli gitops migrate plan',
    },
  });
}
