import type { Rotation } from '../../world/access.ts';
import type { Ran } from '../../world/command.ts';
import type { Step } from '../program/steps.ts';

/** One run of the command, and what it was asked for. */
export interface Call extends Ran {
  /** `client-step`, which is also in every object that the call asks to write. */
  readonly name: string;
  readonly client: number;
  readonly step: Step;
}

/** One manifest of a stored version. */
export interface StoredManifest {
  readonly name: string;
  /** The call that wrote it. */
  readonly call: string;
  readonly manager: string;
}

/** A row of a work as the server stored it, in the order of storing: a new version, a report, or a deletion. */
export interface StoredRow {
  readonly order: number;
  readonly atMs: number;
  /** Data that was lost ends an epoch; within one, versions of a work only grow. */
  readonly epoch: number;
  readonly id: string;
  readonly consumer: string;
  readonly work: string;
  readonly source: string;
  readonly version: number;
  readonly manifests: readonly StoredManifest[];
  readonly deleting: boolean;
  /** It has been told to leave its objects alone: `deleteOption` Orphan. */
  readonly orphans?: true;
  /** What it says of its objects and its deletion, and as whom it is applied, as one text; absent when nothing. */
  readonly options?: string;
  /** It names as whom its agent is to apply it. */
  readonly executor?: true;
  /** The row was taken away. */
  readonly removed: boolean;
  readonly report?: Report;
}

/** What an agent has reported last. */
export interface Report {
  readonly version: number;
  readonly conditions: readonly Condition[];
  /** By the name of the object, the owners that the agent named when it was asked for them, as one text. */
  readonly owners?: Readonly<Record<string, string>>;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly observedGeneration?: number;
}

/** An object on a simulated cluster. */
export interface ClusterObject {
  readonly consumer: string;
  readonly name: string;
  readonly call: string;
  /** Ids of the works that hold it. */
  readonly owners: readonly string[];
}

/** All that happened, and how it was in the end, when nothing was wrong any more. */
export interface History {
  readonly calls: readonly Call[];
  readonly rows: readonly StoredRow[];
  /** The same steps again at the end, twice each, one after the other without any trouble. */
  readonly reruns: readonly Call[];
  readonly objects: readonly ClusterObject[];
  /** When data was lost; calls across such a moment prove less. */
  readonly lostDataAtMs: readonly number[];
  readonly rotations: readonly Rotation[];
}

/** Versions of each work in the order of storing, without the rows that only bring a report. */
export function versionsOf(rows: readonly StoredRow[]): readonly (readonly StoredRow[])[] {
  const works = Map.groupBy(rows, ({ epoch, id }) => `${String(epoch)} ${id}`);
  return [...works.values()].map((all) =>
    all.filter(
      (row, index) =>
        !row.removed && (index === 0 || all[index - 1]?.removed === true || all[index - 1]?.version !== row.version),
    ),
  );
}
