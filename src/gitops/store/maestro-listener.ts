import type { SetAsideRow, StatusEvent, UnreadableEvent } from '../../clients/index.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/**
 * What Maestro says, told synchronously and in order.
 *
 * What REST says of a bundle is the source's own word: names, stamps and
 * versions are taken from there only. The stream carries an agent's word, so a
 * report is nothing but a status for an id that we know.
 */
export interface MaestroListener {
  stored(bundle: ResourceBundle): void;
  reported(event: StatusEvent): void;
  /** A row that is there and cannot be read. */
  unreadable(row: SetAsideRow): void;
  /** The same of a report. */
  unreadableReport(event: Pick<UnreadableEvent, 'id' | 'consumer' | 'error'>): void;
  /** Maestro does not have this bundle any more, and its end was not seen. */
  missing(id: string): void;
  /** A whole read begins: `missing` is found by what it does not show. */
  beginRead(): void;
  /** A whole read has ended. @returns ids that it should have shown and did not */
  endRead(signal: AbortSignal): Promise<readonly string[]>;
  /** Ids whose end may have gone unseen while the stream was down. */
  awaited(): readonly string[];
  live(live: boolean): void;
}
