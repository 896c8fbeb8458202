/** An object that another work of the consumer holds as well; their agents overwrite each other. */
export interface SharedObject {
  readonly kind: string;
  /** Left out for the core group. */
  readonly group?: string;
  readonly namespace?: string;
  readonly name: string;
  /** Name of the other work; its id when it has none. */
  readonly work: string;
  readonly id: string;
  /** The other work is being deleted, and so is the object unless it is orphaned. */
  readonly deleting?: true;
}
