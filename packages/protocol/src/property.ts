/** The value of a property that a build carries. */
export type PropertyValue = string | number | boolean;
