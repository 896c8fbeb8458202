import type { Format } from 'ajv';

/** Standard base64 with padding, as Go's decoder of JSON takes it; it skips line breaks. */
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** A number with a suffix: binary (Ki), decimal (m, k, M) or an exponent. */
const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;

function within(bits: bigint): Format {
  const limit = Number(2n ** (bits - 1n));
  return { type: 'number', validate: (value: number) => value >= -limit && value < limit };
}

/** The formats that Kubernetes itself enforces; any other is left to whoever reads the field. */
export const formats: Readonly<Record<string, Format>> = {
  byte: { type: 'string', validate: (value: string) => base64.test(value.replaceAll(/[\r\n]/g, '')) },
  quantity: { type: 'string', validate: (value: string) => quantity.test(value) },
  'date-time': { type: 'string', validate: (value: string) => rfc3339.test(value) && !Number.isNaN(Date.parse(value)) },
  int32: within(32n),
  int64: within(64n),
};

/** What a value of the format is called in messages. */
export const formatNames: Readonly<Record<string, string>> = {
  byte: 'base64',
  quantity: 'a quantity such as 500m or 1Gi',
  'date-time': 'a time such as 2026-01-31T12:00:00Z',
  int32: 'an integer of 32 bits',
  int64: 'an integer of 64 bits',
};
