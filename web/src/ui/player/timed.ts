// What runs along with an episode: its chapters and its transcript.

import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Content, Episode } from "../../protocol";
import { fieldsOf, type Proxy, useProxy } from "../proxy";
import { sentence, useStore } from "../store";
import { type Chapter, readChapters } from "./chapters";
import { type Line, readTranscript, transcriptSources } from "./transcript";

const TRANSCRIPT_MAX = 4 * 1024 * 1024; // characters

/** Of the episodes that were looked at while the app is open, so that it works without a server afterwards. */
const fetched = signal(new Map<string, string>());

export interface Timed {
  chapters: Chapter[];
  lines: Line[] | null; // null: no transcript, or not here yet
  hasTranscript: boolean;
  problem: string;
}

/** `fromFile`: chapters that the audio file itself has, for where the feed has none. */
export function useTimed(episode: Episode, fromFile: Chapter[]): Timed {
  const store = useStore();
  const proxy = useProxy();
  const [content, setContent] = useState<Content | null>(null);
  const [chapters, setChapters] = useState<Chapter[]>([]);
  const [lines, setLines] = useState<Line[] | null>(null);
  const [problem, setProblem] = useState("");
  const { feed, id } = episode;
  useEffect(() => {
    let overtaken = false;
    const fail = (error: unknown) => overtaken || setProblem(sentence(error));
    setChapters([]);
    setLines(null);
    setContent(null);
    setProblem("");
    const read = async () => {
      const { content: said } = await store.command("library.content", { feed, episode: id });
      if (overtaken || !said) return;
      setContent(said);
      setChapters(readChapters(said.chapterList));
      void chaptersFile(proxy, said, feed).then(
        (list) => overtaken || (list.length > 0 && setChapters(list)),
        () => {},
      );
      const source = transcriptSources(said.transcripts)[0];
      if (source) document(proxy, source.url, feed).then((text) => overtaken || setLines(readTranscript(text)), fail);
    };
    read().catch(fail);
    return () => void (overtaken = true);
  }, [feed, id]);
  const hasTranscript = transcriptSources(content?.transcripts).length > 0;
  return { chapters: chapters.length > 0 ? chapters : fromFile, lines, hasTranscript, problem };
}

async function chaptersFile(proxy: Proxy, { chapters }: Content, feed: string): Promise<Chapter[]> {
  const { url } = fieldsOf(chapters);
  return typeof url === "string" ? readChapters(JSON.parse(await document(proxy, url, feed))) : [];
}

async function document(proxy: Proxy, url: string, feed: string): Promise<string> {
  const known = fetched.value.get(url);
  if (known !== undefined) return known;
  const text = (await (await proxy.raw({ url, feed })).text()).slice(0, TRANSCRIPT_MAX);
  fetched.value.set(url, text);
  return text;
}
