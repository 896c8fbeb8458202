/** As much of an OpenAPI 2 document as the compiler reads. */
export interface OpenApi {
  readonly definitions: Readonly<Record<string, Definition>>;
}

export interface Definition {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  /** Never published; see enums.ts. */
  readonly enum?: readonly string[];
  readonly items?: Definition;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Definition>>;
  readonly additionalProperties?: Definition;
  readonly 'x-kubernetes-group-version-kind'?: readonly {
    readonly group: string;
    readonly version: string;
    readonly kind: string;
  }[];
}
