import { StringDecoder } from 'node:string_decoder';
import { parseWireJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { ListText } from '../../core/list-text.ts';
import type { Clock } from '../../clock.ts';
import { markShallow } from '../model/shallow.ts';
import { TurnTime } from './turn-time.ts';

/**
 * Objects of one list have their apiVersion and kind, and then the metadata, whose first brace ends what they share.
 */
const objectOpening = /^\{[^{]*\{/;

/**
 * Reads a list of the API server as it comes: each object is handed over when
 * it is complete, and each chunk is done with before the next is waited for.
 * One that nests too deeply is handed over without its deep parts, marked as such.
 *
 * @returns the list without the objects that were handed over
 * @throws SyntaxError when it is no JSON
 */
export async function readList(
  body: AsyncIterable<Uint8Array>,
  take: (object: JsonObject) => void,
  clock: Clock,
  signal: AbortSignal,
): Promise<JsonValue> {
  const list = new ListText({
    opening: objectOpening,
    parse: parseWireJson,
    setAside: (shallow, error) => {
      markShallow(shallow, error);
      take(shallow);
    },
  });
  const decoder = new StringDecoder('utf8');
  const turn = new TurnTime();
  for await (const chunk of body) {
    const startMs = clock.monotonicMs();
    for (const object of list.push(decoder.write(chunk))) take(object);
    // Node reads 2 MiB of one connection before it looks at the next.
    if (turn.spend(clock.monotonicMs() - startMs)) await clock.sleep(0, signal);
  }
  return list.end();
}
