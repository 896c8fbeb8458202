import type { AppRecord, BundleRecord } from './records.ts';

/** What is known of a bundle: read by everybody, written by the index. */
export type BundleFacts = Readonly<BundleRecord>;

/** What is known of an application: read by everybody, written by the index. */
export type AppFacts = Readonly<Omit<AppRecord, 'bundles'>> & { readonly bundles: readonly BundleFacts[] };
