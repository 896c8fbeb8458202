/** An object that another work of the consumer holds as well; their agents overwrite each other. */
export interface SharedObject {
  /** Kind of the object. */
  readonly kind: string;
  /** Left out for the core group. */
  readonly group?: string;
  /** Left out for objects without one. */
  readonly namespace?: string;
  /** Name of the object. */
  readonly name: string;
  /** Name of the other work; its id when it has none. */
  readonly work: string;
  /** Id of the other work. */
  readonly id: string;
  /** The other work is being deleted, and so is the object unless it is orphaned. */
  readonly deleting?: true;
}
