/** The address of a work, as people and programs name it. */
export interface WorkPlace {
  readonly consumer: string;
  readonly name: string;
}
