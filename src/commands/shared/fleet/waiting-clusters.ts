import { groupReasons, type ReasonGroup } from '../../../core/outcome/grouped-reasons.ts';

/** What the clusters of a migration wait for, each for one thing at a time. */
export class WaitingClusters {
  readonly #texts = new Map<string, string>();

  set(cluster: string, text: string): void {
    this.#texts.set(cluster, text);
  }

  /** It waits no more. */
  delete(cluster: string): void {
    this.#texts.delete(cluster);
  }

  reasons(): readonly ReasonGroup[] {
    return groupReasons([...this.#texts].map(([consumer, message]) => ({ consumer, name: '', message })));
  }
}
