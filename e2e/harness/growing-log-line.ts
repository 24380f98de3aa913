/** The line that the growing log has at an index: of another length each. */
export const lineOf = (index: number): string => `${index} ${'some output '.repeat((index * 7919) % 400)}\n`;
