/*
 * Apart from the schemas: the command and the watcher's thread need these numbers, and neither needs what schemas are
 * made with, some 200 KB of code.
 */

/** A profile takes at most so long: whoever asked waits for it, and so does everybody who asks beside. */
export const profileSecondsMax = 30;
export const profileSecondsDefault = 5;
