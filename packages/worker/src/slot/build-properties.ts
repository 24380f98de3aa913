import { propertyBounds, propertyBytes } from '@millrace/protocol/property';
import type { PropertyValue } from '@millrace/protocol/property';
import type { Properties } from '../steps/template.ts';

/** The properties of a build: those that it began with, and over them what its steps set, within bounds. */
export class BuildProperties {
  #all: Properties;
  #sets = 0;
  #bytes = 0;

  constructor(begun: Properties) {
    this.#all = begun;
  }

  /** As they are now. */
  get all(): Properties {
    return this.#all;
  }

  /** Why there is no room for it, in a sentence; undefined: it is set. */
  set(name: string, value: PropertyValue): string | undefined {
    const bytes = propertyBytes(value);
    const { valueBytes, sets, bytes: bytesMax } = propertyBounds;
    if (bytes > valueBytes)
      return `The property "${name}" would have ${bytes} bytes, more than the ${valueBytes} of a property.`;
    if (this.#sets + 1 > sets) return `The steps of a build set properties ${sets} times at most.`;
    if (this.#bytes + bytes > bytesMax)
      return `The steps of a build set properties of ${bytesMax} bytes at most in all.`;
    this.#sets += 1;
    this.#bytes += bytes;
    this.#all = { ...this.#all, [name]: value };
    return undefined;
  }
}
