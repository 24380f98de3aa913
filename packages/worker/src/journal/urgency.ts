/**
 * How soon somebody wants to know what was written into a journal; the first is the most urgent.
 *
 * - `now`: somebody waits for it: a build's end, what a followed log brings after a pause.
 * - `window`: it waited for the end of a window that is the same for all slots of the machine. What the others bring
 *   comes within some ms, and may go along.
 * - `soon`: what a build has come to. Steps that follow each other fast are told of together.
 * - `opening`: that a build or a step has begun. Short ones are told of in one piece, when they are over.
 * - `later`: output that nobody watches.
 */
const urgencies = ['now', 'window', 'soon', 'opening', 'later'] as const;
export type Urgency = (typeof urgencies)[number];

/** The more urgent of two. */
export function moreUrgent(left: Urgency, right: Urgency): Urgency {
  return urgencies.indexOf(left) <= urgencies.indexOf(right) ? left : right;
}
