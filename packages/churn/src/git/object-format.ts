/** Git's well-known names of the empty tree. */
const emptyTrees = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
} as const;

/** The hash that a repository names its objects by. */
export type ObjectFormat = keyof typeof emptyTrees;

/** The name of the tree without files. */
export function emptyTreeOf(objectFormat: ObjectFormat): string {
  return emptyTrees[objectFormat];
}
