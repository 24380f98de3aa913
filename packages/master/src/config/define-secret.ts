/** Where the master finds a secret, and who may have it. The value is read anew for each build. */
export type SecretDefinition = ({ readonly env: string } | { readonly file: string }) & {
  /**
   * Names of the builders that may use it, `*` for any part of one.
   * @defaultValue every builder of its levels of trust
   */
  readonly builders?: readonly string[];
  /**
   * The levels of trust whose builders may use it.
   * @defaultValue 'default'
   */
  readonly trust?: string | readonly string[];
};
