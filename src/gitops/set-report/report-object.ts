import type { JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { hostingApplicationSetAnnotation, setReportStamp } from '../constants.ts';
import { setReports } from '../kube/hub-kinds.ts';
import { ContentSum } from '../status/content-sum.ts';
import type { FittedReport } from './fit.ts';
import type { ClusterCondition } from './report.ts';

const longestLabelValue = 63;

/** What is kept of a report that stands on the hub. */
export interface StandingReport {
  readonly uid: string;
  readonly resourceVersion: string;
  /** What these controllers left out of it when they wrote it; undefined when it is not one of theirs. */
  readonly cut: string | undefined;
  /** Sums up all of it that we write. */
  readonly sum: string;
}

/**
 * The report of a set, over the one that stands there: what others have put on that stays, but for its statuses.
 *
 * @param set `<namespace>/<name>`
 */
export function reportObject(set: string, { statuses, cut }: FittedReport, standing: JsonObject = {}): JsonObject {
  const [namespace = '', name = ''] = set.split('/');
  const metadata = objectAt(standing, 'metadata');
  return {
    ...standing,
    apiVersion: `${setReports.group}/${setReports.version}`,
    kind: 'MulticlusterApplicationSetReport',
    metadata: {
      ...metadata,
      name,
      namespace,
      labels: { ...stringMapAt(metadata, 'labels'), [hostingApplicationSetAnnotation]: setLabel(set) },
      annotations: { ...stringMapAt(metadata, 'annotations'), [setReportStamp]: cut },
    },
    statuses: statuses as unknown as JsonObject,
  };
}

/** `<namespace>.<name>` as far as a label can hold it; a label ends in a letter or a digit. */
export function setLabel(set: string): string {
  return set
    .replace('/', '.')
    .slice(0, longestLabelValue)
    .replace(/[^A-Za-z0-9]+$/, '');
}

/** What a report says of which set it is, `<namespace>/<name>`: its own name, whatever its label says. */
export function setOf(report: JsonObject): string {
  const metadata = objectAt(report, 'metadata');
  return `${textAt(metadata, 'namespace')}/${textAt(metadata, 'name')}`;
}

/** What is kept of a report that is on the hub. */
export function standingReport(report: JsonObject): StandingReport {
  const metadata = objectAt(report, 'metadata');
  return {
    uid: textAt(metadata, 'uid'),
    resourceVersion: textAt(metadata, 'resourceVersion'),
    cut: stringMapAt(metadata, 'annotations')[setReportStamp],
    sum: sumOf(report),
  };
}

/** The same for two reports that say the same; whatever else others put on them. */
export function sumOf(report: JsonObject): string {
  const metadata = objectAt(report, 'metadata');
  const sum = new ContentSum();
  sum.add('label', stringMapAt(metadata, 'labels')[hostingApplicationSetAnnotation]);
  sum.add('cut', stringMapAt(metadata, 'annotations')[setReportStamp]);
  sum.add('statuses', objectAt(report, 'statuses'));
  return sum.text();
}

/**
 * What a report says of clusters that others bring home the status of, to say it again: nobody but them knows more.
 *
 * @param isOurs whether these controllers bring home the status of a cluster
 */
export function entriesOfOthers(report: JsonObject, isOurs: (cluster: string) => boolean): readonly ClusterCondition[] {
  return objectsAt(objectAt(report, 'statuses'), 'clusterConditions').flatMap((entry) => {
    const cluster = textAt(entry, 'cluster');
    return cluster === '' || isOurs(cluster) ? [] : [{ ...entry, cluster }];
  });
}
