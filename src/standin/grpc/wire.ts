/** One attribute of a protobuf CloudEvent: a one-of. */
export interface WireAttribute {
  readonly ce_boolean?: boolean;
  readonly ce_integer?: number;
  readonly ce_string?: string;
  readonly ce_bytes?: Buffer;
  readonly ce_uri?: string;
  readonly ce_uri_ref?: string;
  readonly ce_timestamp?: { readonly seconds: string; readonly nanos: number };
}

export interface WireEvent {
  readonly id?: string;
  readonly source?: string;
  readonly spec_version?: string;
  readonly type?: string;
  readonly attributes?: Readonly<Record<string, WireAttribute>>;
  readonly binary_data?: Buffer;
  readonly text_data?: string;
}

/** A PublishRequest, or only its size when it was over the limit. */
export type PublishRequest = { readonly event?: WireEvent } | { readonly tooLarge: number };

export interface SubscriptionRequest {
  readonly source?: string;
  readonly cluster_name?: string;
  readonly data_type?: string;
}

/** What the server accepts in one message. */
export const largestMessage = 4 * 1024 * 1024;
