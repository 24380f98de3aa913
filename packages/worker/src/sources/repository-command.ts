/** An argument list and what its environment needs on top. */
export interface RepositoryCommand {
  readonly args: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}
