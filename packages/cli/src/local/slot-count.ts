import { InvalidArgumentError } from 'commander';

const slotsMax = 256;

/** For `--slots`. */
export function slotCount(text: string): number {
  if (!/^[1-9][0-9]{0,2}$/.test(text) || Number(text) > slotsMax)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${slotsMax}.`);
  return Number(text);
}
