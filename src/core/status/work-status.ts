/**
 * The status of a work as an agent reported it and REST shows it. Capitalised field names of
 * the wire become camelCase here and nowhere else.
 */
export interface WorkStatus {
  /** The version that the last report was made for (`ObservedVersion`); alone it proves no outcome. */
  readonly observedVersion: number;
  /** Snowflake id as text (`SequenceID`), orders the reports of one agent. */
  readonly sequenceId: string;
  readonly conditions: readonly Condition[];
  readonly resourceStatus: readonly ResourceStatus[];
}

/** As Kubernetes has it. */
export type ConditionStatus = 'True' | 'False' | 'Unknown';

/**
 * The conditions that mean something to us, as the agent spells them, and a wait expression too. All others pass
 * through as they are.
 */
export const conditionType = {
  applied: 'Applied',
  available: 'Available',
  deleted: 'Deleted',
  deleting: 'Deleting',
  feedbackSynced: 'StatusFeedbackSynced',
} as const;

/** A condition of a work or a manifest, as the agent reported it. */
export interface Condition {
  /** `Applied`, `Available` and others, as the agent spells them. */
  readonly type: string;
  /** Whether it holds. */
  readonly status: ConditionStatus;
  /** The agent's reason in one word; may be empty. */
  readonly reason: string;
  /** The agent's reason in words; may be empty. */
  readonly message: string;
  /**
   * The version that it is about. Work conditions and manifest-level Applied carry it; manifest-level Available does
   * not.
   */
  readonly observedGeneration?: number;
  /** When the status last changed: RFC 3339. */
  readonly lastTransitionTime?: string;
}

/** Which manifest a report is about; `ordinal` is its place in the work. */
export interface ResourceMeta {
  readonly ordinal: number;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Plural resource name, "" when the agent could not resolve the kind. */
  readonly resource: string;
  readonly name: string;
  readonly namespace: string;
}

/** What the agent reported of one manifest. */
export interface ResourceStatus {
  readonly resourceMeta: ResourceMeta;
  readonly conditions: readonly Condition[];
  /** Decoded `statusFeedback.values`: jsonRaw is parsed, the rest as it is. */
  readonly feedback: readonly FeedbackValue[];
}

/** One value that a feedback rule asked for. */
export interface FeedbackValue {
  /** What the rule calls it. */
  readonly name: string;
  /** As the agent reported it. */
  readonly value: FeedbackData;
}

/** What a feedback value can be; `jsonRaw` comes parsed. */
export type FeedbackData =
  null | string | number | boolean | readonly FeedbackData[] | { readonly [key: string]: FeedbackData };
