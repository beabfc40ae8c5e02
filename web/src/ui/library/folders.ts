// Subscriptions as people have sorted them.

import type { Subscription } from "../../protocol";

interface Folder {
  folder: string; // "" for those in none
  subscriptions: Subscription[];
}

/** Those in no folder first, then the folders by name; within each as the list is ordered. */
export function byFolder(list: Subscription[]): Folder[] {
  const folders = new Map<string, Subscription[]>();
  for (const subscription of list) {
    folders.set(subscription.folder, [...(folders.get(subscription.folder) ?? []), subscription]);
  }
  return [...folders]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([folder, subscriptions]) => ({ folder, subscriptions }));
}

/** Every tag once, by name. */
export function tagsOf(list: Subscription[]): string[] {
  return [...new Set(list.flatMap(({ tags }) => tags))].sort((left, right) => left.localeCompare(right));
}

/** What a person typed as tags, with commas between: each once, none empty. */
export function typedTags(typed: string): string[] {
  return [...new Set(typed.split(",").map((tag) => tag.trim().replace(/\s+/g, " ")))].filter(Boolean).slice(0, 32);
}
