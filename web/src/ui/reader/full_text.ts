// The whole article, where a feed brings only its beginning.

import { useEffect, useState } from "preact/hooks";
import type { Episode } from "../../protocol";
import { useTask } from "../controls";
import { useDownloads } from "../downloads/downloads";
import { type Article, useProxy } from "../proxy";

interface FullText {
  article: Article | null;
  busy: boolean;
  problem: string;
  load: () => void;
}

/** `always`: it is fetched as soon as the article is opened, unless it is kept on this device. */
export function useFullText(episode: Episode, always: boolean): FullText {
  const proxy = useProxy();
  const kept = useDownloads().isKept(episode);
  const task = useTask();
  const [article, setArticle] = useState<Article | null>(null);
  const load = () => task.run(async () => setArticle(await proxy.article(episode)));
  useEffect(() => {
    if (always && !kept) load();
  }, [episode.feed, episode.id, always]);
  return { article, busy: task.busy, problem: task.problem, load };
}
