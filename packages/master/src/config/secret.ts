import type { LateValue, Text } from './late-value.ts';

declare const secretBrand: unique symbol;

/** The value of a secret, which no plan, log or page ever holds: see {@link secret}. */
export type SecretValue = symbol & { readonly [secretBrand]: true };

/** Text of an environment variable: the only place where a secret may stand. */
export type EnvironmentText = Text | SecretValue | readonly (string | LateValue | SecretValue)[];

/** What a {@link SecretValue} is while the config runs. */
export class SecretReference {
  readonly secret: string;

  constructor(name: string) {
    this.secret = name;
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError(
      `secret('${this.secret}') cannot become text: its value is never in the config. ` +
        "Give it as the value of an environment variable, { env: { TOKEN: secret('...') } }, and use that in the command.",
    );
  }
}

/**
 * The value of a secret that the config's `secrets` name. It stands in values of `env`, nowhere else: arguments can be
 * read by everybody on a machine. Wherever a command prints it, its log says `***`.
 *
 * ```ts
 * sh('npm publish', { env: { NODE_AUTH_TOKEN: secret('npm-token') } })
 * ```
 */
export function secret(name: string): SecretValue {
  return new SecretReference(name) as unknown as SecretValue;
}
