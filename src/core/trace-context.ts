/** The place of a call in a trace, as W3C Trace Context has it (https://www.w3.org/TR/trace-context/). */
export interface TraceContext {
  /** 32 hexadecimal digits, not all zero. */
  readonly traceId: string;
  /** 16 hexadecimal digits, not all zero: the span that the call is made in. */
  readonly spanId: string;
  /** Two hexadecimal digits; `01` says that the caller records. */
  readonly traceFlags: string;
  /** What vendors of tracing systems pass on, as `tracestate` has it. */
  readonly traceState?: string;
}

/** What stands in `traceparent` and `tracestate`, and what is wrong with it. */
export interface ReadTraceContext {
  readonly trace?: TraceContext;
  /** Why one of the two is not used. */
  readonly problem?: string;
}

const parentFormat = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** A member of `tracestate`: a key, perhaps of one tenant of a vendor, and a value of printable characters. */
const stateMember =
  /^(?:[a-z][a-z0-9_*/-]{0,255}|[a-z0-9][a-z0-9_*/-]{0,240}@[a-z][a-z0-9_*/-]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{1,256}$/;
const mostMembers = 32;
/** As much as everybody passes on. Characters. */
const longestState = 512;

/** Never throws: a trace that cannot be read is no reason to leave work undone. */
export function readTraceContext(traceparent: string | undefined, tracestate?: string): ReadTraceContext {
  const text = traceparent?.trim() ?? '';
  if (text === '') return {};
  const [, version = '', traceId = '', spanId = '', flags = '', more] = parentFormat.exec(text) ?? [];
  if (version === '' || version === 'ff' || /^0*$/.test(traceId) || /^0*$/.test(spanId))
    return { problem: 'traceparent is not as W3C Trace Context has it' };
  // Version 00 ends here; of later ones what 00 has is read, and of their flags only "sampled" is known.
  if (version === '00' && more !== undefined) return { problem: 'traceparent is longer than its version 00 allows' };
  const traceFlags = version === '00' ? flags : (Number.parseInt(flags, 16) & 1).toString().padStart(2, '0');
  const trace = { traceId, spanId, traceFlags };
  const traceState = tracestate?.trim() ?? '';
  if (traceState === '') return { trace };
  return isTraceState(traceState)
    ? { trace: { ...trace, traceState } }
    : { trace, problem: 'tracestate is not as W3C Trace Context has it' };
}

/** The text of `traceparent`, in version 00. */
export function traceparentOf({ traceId, spanId, traceFlags }: TraceContext): string {
  return `00-${traceId}-${spanId}-${traceFlags}`;
}

function isTraceState(text: string): boolean {
  if (text.length > longestState) return false;
  const members = text.split(',').map((member) => member.trim());
  return members.length <= mostMembers && members.every((member) => member === '' || stateMember.test(member));
}
