import { conditionsOn } from './condition.ts';
import type { Testable } from './condition.ts';

declare const lateBrand: unique symbol;

/**
 * A value that is known only when the step starts: see {@link property}.
 *
 * The compiler is told that it is a kind of symbol, because a symbol is what it refuses to turn into text:
 * `sh(`deploy ${property('target')}`)` does not compile. At run time it is an object that refuses the same,
 * with a message that says what to do instead.
 */
export type LateValue = symbol & { readonly [lateBrand]: true };

/** A property of the build: a late value, and what conditions are made of. */
export type BuildProperty = LateValue & Testable;

/** Text with late values in it; a list stands for its parts one after the other: `['--version=', property('version')]`. */
export type Text = string | LateValue | readonly (string | LateValue)[];

/** What a {@link LateValue} is while the config runs. */
export class PropertyReference implements Testable {
  readonly property: string;
  readonly is: Testable['is'];
  readonly isLike: Testable['isLike'];
  readonly isSet: Testable['isSet'];

  constructor(name: string) {
    this.property = name;
    const { is, isLike, isSet } = conditionsOn({ kind: 'property', name });
    this.is = is;
    this.isLike = isLike;
    this.isSet = isSet;
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
 * It stands in argument lists, in values of `env`, of properties and of links, and in conditions, nowhere else.
 *
 * ```ts
 * sh(['./deploy', '--to', property('target'), ['--tag=v', property('version')]], {
 *   when: property('target').is('staging', 'production'),
 * })
 * ```
 */
export function property(name: string): BuildProperty {
  return new PropertyReference(name) as unknown as BuildProperty;
}
