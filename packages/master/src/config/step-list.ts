/** A step as a config gave it, and its place in the list. */
export interface GivenStep {
  readonly step: unknown;
  /** `steps[2]`, or `steps[2][0]` where a list stands in the list. */
  readonly path: string;
}

/**
 * The steps in their order. Lists in the list are opened, so that a function may give several; false, null and
 * undefined are left out, so that a condition may stand in it.
 */
export function flatSteps(given: readonly unknown[], path = 'steps', depth = 10): readonly GivenStep[] {
  return given.flatMap((step, index) => {
    const place = `${path}[${index}]`;
    if (step === false || step === null || step === undefined) return [];
    return Array.isArray(step) && depth > 0 ? flatSteps(step, place, depth - 1) : [{ step, path: place }];
  });
}
