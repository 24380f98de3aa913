declare const lateBrand: unique symbol;

/**
 * A value that is known only when the step starts: see {@link property}.
 *
 * The compiler is told that it is a kind of symbol, because a symbol is what it refuses to turn into text:
 * `sh(`deploy ${property('target')}`)` does not compile. At run time it is an object that refuses the same,
 * with a message that says what to do instead.
 */
export type LateValue = symbol & { readonly [lateBrand]: true };

/** Text with late values in it; a list stands for its parts one after the other: `['--version=', property('version')]`. */
export type Text = string | LateValue | readonly (string | LateValue)[];

/** What a {@link LateValue} is while the config runs. */
export class PropertyReference {
  readonly property: string;

  constructor(name: string) {
    this.property = name;
  }

  [Symbol.toPrimitive](): never {
    throw new TypeError(
      `property('${this.property}') cannot become text: its value is known only when the step starts. ` +
        'Give it as an argument of a list, sh([..., property(...)]), or as a value of env; ' +
        'a shell line sees each property as an environment variable, $MILLRACE_PROP_...',
    );
  }
}

/**
 * The value that the build's property `name` has when the step starts, also when an earlier step sets it.
 * It stands in argument lists and in values of `env`, nowhere else.
 *
 * ```ts
 * sh(['./deploy', '--to', property('target'), ['--tag=v', property('version')]])
 * ```
 */
export function property(name: string): LateValue {
  return new PropertyReference(name) as unknown as LateValue;
}
