// A recovery code as people write it down and type it in again: groups of letters and digits with hyphens between.

/** The code's groups, in order. */
export function groups(code: string): string[] {
  return code.split("-");
}

/** Whether `typed` is the code's last group, however it is spelt: capitals, blanks and hyphens do not matter. */
export function isLastGroup(code: string, typed: string): boolean {
  const plain = (text: string) => text.replace(/[\s-]+/g, "").toUpperCase();
  return plain(typed) !== "" && plain(typed) === plain(groups(code).at(-1)!);
}

/** What a saved file is called. */
export function fileName(atMs: number): string {
  return `skypod-recovery-${new Date(atMs).toISOString().slice(0, 10)}.json`;
}
