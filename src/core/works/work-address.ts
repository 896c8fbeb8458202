/** How a user names one work: by its name on a consumer, or by its bundle id. */
export type WorkAddress =
  | { readonly by: 'name'; readonly name: string; readonly consumer: string }
  | { readonly by: 'id'; readonly id: string };
