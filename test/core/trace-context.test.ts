import { describe, expect, it } from 'vitest';
import { readTraceContext, traceparentOf } from '../../src/core/trace-context.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const trace = { traceId, spanId, traceFlags: '01' };

describe('traceparent', () => {
  it('is read, and written as it was', () => {
    const text = `00-${traceId}-${spanId}-01`;
    expect(readTraceContext(text)).toEqual({ trace });
    expect(traceparentOf(trace)).toBe(text);
    expect(readTraceContext(` ${text}\n`)).toEqual({ trace });
    expect(readTraceContext(`00-${traceId}-${spanId}-03`)).toEqual({ trace: { ...trace, traceFlags: '03' } });
  });

  it.each([{ text: undefined }, { text: '' }, { text: '  ' }])('is no fault when it is $text', ({ text }) => {
    expect(readTraceContext(text, 'a=b')).toEqual({});
  });

  it('of a later version is read as far as version 00 goes, with the one flag that that knows', () => {
    expect(readTraceContext(`cc-${traceId}-${spanId}-0b-what-else`)).toEqual({ trace });
    expect(readTraceContext(`cc-${traceId}-${spanId}-02`)).toEqual({ trace: { ...trace, traceFlags: '00' } });
  });

  it.each([
    { title: 'upper case', text: `00-${traceId.toUpperCase()}-${spanId}-01` },
    { title: 'no trace', text: `00-${'0'.repeat(32)}-${spanId}-01` },
    { title: 'no span', text: `00-${traceId}-${'0'.repeat(16)}-01` },
    { title: 'the forbidden version', text: `ff-${traceId}-${spanId}-01` },
    { title: 'more than version 00 has', text: `00-${traceId}-${spanId}-01-more` },
    { title: 'more without a dash', text: `cc-${traceId}-${spanId}-01more` },
    { title: 'something before it', text: `a00-${traceId}-${spanId}-01` },
    { title: 'too short', text: `00-${traceId}-${spanId}` },
    { title: 'a placeholder that nobody filled in', text: '${traceparent}' },
    { title: 'a second line', text: `00-${traceId}-${spanId}-01\nx: y` },
  ])('with $title is left out, and it is said why', ({ text }) => {
    expect(readTraceContext(text)).toEqual({ problem: expect.stringMatching(/^traceparent is /) as string });
  });
});

describe('tracestate', () => {
  const state = (text: string): ReturnType<typeof readTraceContext> =>
    readTraceContext(`00-${traceId}-${spanId}-01`, text);

  it.each([
    { text: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE' },
    { text: `a=${'x'.repeat(251)},b=${'x'.repeat(256)}` },
    { text: '1@d=1,2@abcdefghijklmn=1' },
    { text: 'fw529a3039@dt=FfffffffC9cT, ,a_-*/z=b' },
    { text: Array.from({ length: 32 }, (_, index) => `k${index}=1`).join(',') },
  ])('$text goes along', ({ text }) => {
    expect(state(text)).toEqual({ trace: { ...trace, traceState: text } });
  });

  it('goes along without the blanks around it', () => {
    expect(state(' a=b ')).toEqual({ trace: { ...trace, traceState: 'a=b' } });
    expect(state('  ')).toEqual({ trace });
  });

  it.each([
    { title: 'no value', text: 'rojo' },
    { title: 'a key in upper case', text: 'Rojo=1' },
    { title: 'a tenant of a vendor with a name too long', text: `1@${'a'.repeat(15)}=1` },
    { title: 'a wrong member among right ones', text: 'rojo=1,Congo=1,a=b' },
    { title: 'a control character', text: 'rojo=1\r\nx-evil: 1' },
    { title: 'too many members', text: Array.from({ length: 33 }, (_, index) => `k${index}=1`).join(',') },
    { title: 'too much', text: `a=${'x'.repeat(256)},b=${'x'.repeat(256)}` },
  ])('with $title is left out, and the trace goes on', ({ text }) => {
    expect(state(text)).toEqual({ trace, problem: expect.stringMatching(/^tracestate is /) as string });
  });
});
