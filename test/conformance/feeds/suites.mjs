// Other parsers' own tests: a document beside the model they read from it. Each model is narrowed to what every reader
// of feeds must agree on, and each value that is there is one expectation of our JSON.
import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bareText, sameDate, sameText, sameUrl } from "./alike.mjs";
import { CORPORA, filesBelow } from "./answers.mjs";

const FOLDER = join(CORPORA, "parser-suites");
const list = (value) => (Array.isArray(value) ? value : value === undefined || value === null ? [] : [value]);
const inner = (value) => (typeof value === "object" ? (value?.value ?? value?.content ?? value?.body) : value);
const plain = (value) => inner(value) || undefined;
const web = (value) => (/^https?:\/\/[^/]/.test(value ?? "") ? value : undefined);

/** gofeed's universal, RSS and Atom models share most names. */
function fromGofeed(theirs) {
  const item = (one) => ({
    title: plain(one.title),
    url: web(one.link ?? one.links?.find?.((link) => link.rel === "alternate")?.href),
    id: plain(one.guid) ?? one.id,
    html: plain(one.content) ?? plain(one.description) ?? plain(one.summary),
    published: one.publishedParsed ?? one.pubDateParsed,
    names: list(one.authors).map((author) => author.name),
    files: list(one.enclosures ?? one.enclosure).map((file) => web(file.url)),
    tags: list(one.categories).map((tag) => plain(tag) ?? tag.label ?? tag.term),
  });
  return {
    title: plain(theirs.title),
    url: web(theirs.link),
    description: plain(theirs.description ?? theirs.subtitle),
    language: theirs.language,
    items: list(theirs.items ?? theirs.entries).map(item),
  };
}

function fromFeedRs(theirs) {
  const alternate = (one) => web(one.links?.find((link) => (link.rel ?? "alternate") === "alternate")?.href);
  const item = (one) => ({
    title: plain(one.title),
    url: alternate(one),
    html: plain(one.content) ?? plain(one.summary),
    published: one.published ?? undefined,
    names: one.authors.map((author) => (author.name === "unknown" ? undefined : author.name)),
  });
  return {
    title: plain(theirs.title),
    url: alternate(theirs),
    description: plain(theirs.description),
    language: theirs.language ?? undefined,
    items: theirs.entries.map(item),
  };
}

function fromPodcastparser(theirs) {
  const item = (one) => ({
    title: one.title,
    url: web(one.link),
    html: one.description_html,
    published: one.published > 0 ? new Date(one.published * 1000).toISOString() : undefined,
    files: one.enclosures.map((file) => web(file.url)),
    seconds: one.total_time > 0 && one.enclosures.length > 0 ? one.total_time : undefined,
    chapters: one.chapters?.map((chapter) => chapter.title),
    season: one.season,
    episode: one.number,
  });
  const { title, description, language, episodes } = theirs;
  return { title, description, language, items: episodes.map(item) };
}

const fromJsonFeed = (theirs) => ({
  title: theirs.title,
  url: web(theirs.home_page_url),
  description: theirs.description,
  language: theirs.language,
  items: list(theirs.items).map((one) => ({
    title: one.title,
    url: web(one.url),
    html: one.content_html,
    published: one.date_published,
    files: list(one.attachments).map((file) => web(file.url)),
    tags: list(one.tags),
  })),
});

const reads = (value) => value !== undefined && value !== null && value !== "";
const names = (item) => (item.authors ?? []).map((author) => author.name);
const sameHtml = (item, theirs) =>
  [item.content_html, item.summary].some((ours) => bareText(ours ?? "") === bareText(theirs)) ||
  sameText(item.summary, theirs);

/** How each narrowed member is compared with our item. */
const CHECKS = {
  title: (item, theirs) => sameText(item.title, theirs),
  url: (item, theirs) => sameUrl(item.url, theirs),
  id: (item, theirs) => sameText(item.id, theirs),
  html: sameHtml,
  published: (item, theirs) => sameDate(item.date_published, theirs),
  names: (item, theirs) => theirs.filter(reads).every((name) => names(item).some((ours) => sameText(ours, name))),
  files: (item, theirs) =>
    theirs.filter(reads).every((file) => item.attachments?.some((ours) => sameUrl(ours.url, file))),
  tags: (item, theirs) => theirs.filter(reads).every((tag) => item.tags?.some((ours) => sameText(ours, tag))),
  seconds: (item, theirs) => item.attachments?.[0]?.duration_in_seconds === theirs,
  chapters: (item, theirs) => theirs.every((title, at) => item._podcast?.chapter_list?.[at]?.title === title),
  season: (item, theirs) => item._podcast?.season === theirs,
  episode: (item, theirs) => Number(item._podcast?.episode) === theirs,
};

function* expectations(theirs, feed) {
  yield ["title", !reads(theirs.title) || sameText(feed.title, theirs.title)];
  if (reads(theirs.url)) yield ["url", sameUrl(feed.home_page_url, theirs.url)];
  if (reads(theirs.description)) yield ["description", sameText(feed.description, theirs.description)];
  if (reads(theirs.language)) yield ["language", sameText(feed.language?.toLowerCase(), theirs.language.toLowerCase())];
  for (const [at, item] of theirs.items.entries()) {
    for (const [name, value] of Object.entries(item)) {
      const says = Array.isArray(value) ? value.some(reads) : reads(value);
      if (says) yield [`items[${at}].${name}`, CHECKS[name](feed.items[at] ?? {}, value)];
    }
  }
}

/** The document that a model belongs to. */
function documentOf(model) {
  const stem = model.replace(/(\.serde)?\.json$/, "");
  return [".xml", ".rss", ".atom", ".rdf"].map((ending) => stem + ending).find((path) => existsSync(path));
}

function narrow(path, theirs) {
  if (path.includes("/feed-rs/")) return fromFeedRs(theirs);
  if (path.includes("/podcastparser/")) return fromPodcastparser(theirs);
  if (path.includes("/gofeed/")) return fromGofeed(theirs);
  return undefined;
}

async function judgePair(answers, model, path) {
  let theirs;
  try {
    theirs = narrow(model, JSON.parse(readFileSync(model, "utf8")));
  } catch {
    return [{ verdict: "outside" }];
  }
  if (theirs === undefined) return [{ verdict: "outside" }];
  if (model.endsWith(`/${theirs.title}.json`)) theirs.title = undefined; // made up from the file's name
  const { feed, error } = await answers.ask({ ask: "feed", path });
  if (error) return [{ verdict: theirs.title || theirs.items.length ? "missed" : "outside", why: error.message }];
  return [...expectations(theirs, feed)].map(([what, met]) => ({ verdict: met ? "met" : "missed", why: what }));
}

/** Feeds that are JSON are their own model. */
async function judgeJson(answers, path) {
  let theirs;
  try {
    theirs = JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return [{ verdict: "outside" }];
  }
  if (!String(theirs.version).includes("jsonfeed.org") || !Array.isArray(theirs.items)) return [{ verdict: "outside" }];
  const { feed, error } = await answers.ask({ ask: "feed", path });
  if (error) return [{ verdict: "missed", why: error.message }];
  const judged = [...expectations(fromJsonFeed(theirs), feed)];
  return judged.map(([what, met]) => ({ verdict: met ? "met" : "missed", why: what }));
}

/** Judges every pair: [{name, verdict, why}], one for each expectation. */
export async function judgeSuites(answers) {
  const verdicts = [];
  for (const model of filesBelow(FOLDER, /\.json$/)) {
    const path = documentOf(model);
    const judged = path ? await judgePair(answers, model, path) : await judgeJson(answers, model);
    const name = relative(FOLDER, path ?? model);
    verdicts.push(...judged.map((verdict) => ({ name, ...verdict })));
  }
  return verdicts;
}
