// What the feedparser project expects of its documents, asked of our JSON. Its model is wider than ours (it has every
// link, the base and language of every field, its own account of what was ill-formed): those expectations are counted
// as outside, never as met.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { sameDate, sameText, sameUrl, bareText } from "./alike.mjs";
import { CORPORA, filesBelow } from "./answers.mjs";
import { evaluate, parsePython, textsIn } from "./python.mjs";

const FOLDER = join(CORPORA, "feedparser");
const HOST = "http://127.0.0.1:8097/"; // where the expectations say the documents came from
const OUTSIDE = Symbol("outside our model");

const text = (value) => ({ field: "text", value: value ?? "" });
const url = (value) => ({ field: "url", value: value ?? "" });
const date = (value) => ({ field: "date", value });
const html = (item) => ({ field: "html", value: item.content_html ?? "", plain: item.summary ?? "" });
const truth = (value) => ({ field: "truth", value });

function person(author = {}) {
  const email = author.url?.startsWith("mailto:") ? author.url.slice(7) : (author._email ?? author.email);
  const address = author.url?.startsWith("mailto:") ? undefined : author.url;
  const name = author.name === email ? undefined : author.name;
  const said = name && email ? `${name} (${email})` : (name ?? email);
  return { said: text(said), name: text(name), email: text(email), url: url(address), href: url(address) };
}

const persons = (list = []) => list.map(person);
const image = (address) => ({ href: url(address), url: url(address) });
const tags = (list = []) => list.map((term) => ({ term: text(term) }));
const dates = (name, value) => ({ [name]: date(value), [`${name}_parsed`]: date(value) });
const detail = (value) => ({ value });

function entry(item) {
  const ours = item._skypod ?? {};
  const podcast = item._podcast ?? {};
  const content = html(item);
  const authors = persons(item.authors);
  const files = (item.attachments ?? []).map((file) => ({
    href: url(file.url),
    url: url(file.url),
    type: text(file.mime_type === "application/octet-stream" ? undefined : file.mime_type),
    length: text(file.size_in_bytes === undefined ? undefined : String(file.size_in_bytes)),
  }));
  return {
    title: text(item.title),
    title_detail: detail(text(item.title)),
    link: url(item.url),
    id: text(item.id === ours.identity ? undefined : item.id),
    guid: text(item.id === ours.identity ? undefined : item.id),
    description: content,
    summary: content,
    summary_detail: detail(content),
    content: [detail(content)],
    ...dates("published", item.date_published),
    ...dates("updated", item.date_modified ?? item.date_published),
    ...dates("issued", item.date_published),
    author: authors[0]?.said ?? text(),
    author_detail: authors[0] ?? person(),
    authors,
    contributors: persons(ours.contributors),
    tags: tags(item.tags),
    category: text(item.tags?.[0]),
    enclosures: files,
    image: image(item.image),
    language: text(item.language),
    comments: url(ours.comments_url),
    rights: text(ours.copyright),
    copyright: text(ours.copyright),
    source: { title: text(ours.source?.title), link: url(ours.source?.url), href: url(ours.source?.url) },
    itunes_explicit: truth(podcast.explicit),
    itunes_block: truth(podcast.block),
    itunes_episode: text(podcast.episode),
    itunes_season: text(podcast.season === undefined ? undefined : String(podcast.season)),
    psc_chapters: {
      version: OUTSIDE,
      chapters: (podcast.chapter_list ?? []).map((chapter) => ({ title: text(chapter.title), href: url(chapter.url) })),
    },
  };
}

function channel(feed) {
  const ours = feed._skypod ?? {};
  const podcast = feed._podcast ?? {};
  const authors = persons(feed.authors);
  const owner = person(podcast.owner);
  const description = text(feed.description);
  return {
    title: text(feed.title),
    title_detail: detail(text(feed.title)),
    link: url(feed.home_page_url),
    description,
    subtitle: description,
    subtitle_detail: detail(description),
    tagline: description,
    tagline_detail: detail(description),
    info: description,
    info_detail: detail(description),
    summary: description,
    language: text(feed.language),
    author: authors[0]?.said ?? text(),
    author_detail: authors[0] ?? person(),
    authors,
    contributors: persons(ours.contributors),
    publisher: owner.said,
    publisher_detail: owner,
    image: image(feed.icon),
    icon: url(feed.favicon),
    logo: url(feed.icon),
    copyright: text(ours.copyright),
    copyright_detail: detail(text(ours.copyright)),
    rights: text(ours.copyright),
    rights_detail: detail(text(ours.copyright)),
    generator: text(ours.generator),
    generator_detail: { name: text(ours.generator) },
    tags: tags(podcast.categories),
    category: text(podcast.categories?.[0]),
    ttl: text(ours.ttl_minutes === undefined ? undefined : String(ours.ttl_minutes)),
    ...dates("published", ours.date_published),
    ...dates("updated", ours.date_modified ?? ours.date_published),
    itunes_explicit: truth(podcast.explicit),
    itunes_block: truth(podcast.block),
  };
}

/** Without the <div> that Atom puts around XHTML, which is no part of it (RFC 4287 section 3.1.1.3). */
const bareMarkup = (markup) => markup.replace(/\s+/g, " ").trim().replace(/^<div>([\s\S]*)<\/div>$/, "$1").trim();

/** The evaluator's model of one document; counts what was really compared. */
class Model {
  constructor(feed, clean) {
    this.names = { feed: channel(feed), entries: (feed.items ?? []).map(entry) };
    this.clean = clean;
    this.compared = 0;
  }

  name(name) {
    return this.names[name] ?? OUTSIDE;
  }

  at(value, key) {
    if (value === OUTSIDE || value === undefined || value.field) return OUTSIDE;
    if (Array.isArray(value)) return value.length > 0 || typeof key !== "number" ? (value[key] ?? text()) : person();
    return value[key] ?? OUTSIDE;
  }

  call(name, values) {
    if (name !== "len" || !Array.isArray(values[0])) return OUTSIDE;
    return values[0].length;
  }

  truth(value) {
    if (value === OUTSIDE) return true;
    if (value?.field !== undefined) return Boolean(value.value);
    return Boolean(value);
  }

  not(value) {
    return value === OUTSIDE ? OUTSIDE : !this.truth(value);
  }

  compare(how, left, right) {
    if (left === OUTSIDE || right === OUTSIDE || left instanceof Map || right instanceof Map) return OUTSIDE;
    if (how !== "==" && how !== "!=") return OUTSIDE;
    if (left?.field === undefined && right?.field === undefined && typeof left !== "number") return OUTSIDE;
    this.compared += 1;
    const same = left?.field === undefined ? this.same(right, left) : this.same(left, right);
    return how === "==" ? same : !same;
  }

  same(ours, theirs) {
    if (theirs?.field !== undefined) return ours.value === theirs.value;
    switch (ours?.field) {
      case "text":
        return sameText(ours.value, theirs === null ? "" : String(theirs));
      case "url":
        return sameUrl(ours.value, theirs);
      case "date":
        return sameDate(ours.value, theirs);
      case "truth":
        return (ours.value ?? null) === theirs || Number(ours.value ?? 0) === theirs;
      case "html":
        return this.sameHtml(ours, theirs ?? "");
      default:
        return ours === theirs;
    }
  }

  sameHtml(ours, theirs) {
    if (ours.value === theirs || ours.plain === theirs) return true;
    const clean = this.clean.get(theirs) ?? theirs;
    const alike = bareMarkup(ours.value) === bareMarkup(clean);
    return bareText(ours.value) === bareText(theirs) && (alike || !theirs.includes("<"));
  }
}

/** What stands in the comment at the front of a document. */
function instructions(bytes) {
  const looks = bytes.subarray(0, 4096);
  const front = looks.toString("latin1").replaceAll("\0", ""); // UTF-16 and UTF-32 too
  const expect = /Expect:\s*([\s\S]*?)\s*(?:-->|\n[ \t]*[A-Z]\w+:\s)/.exec(front)?.[1];
  const headers = [...front.matchAll(/Header:\s*([\w-]+):\s*(.*)/g)];
  return { expect, headers: new Map(headers.map(([, name, value]) => [name.toLowerCase(), value.trim()])) };
}

async function cleaned(answers, tree) {
  const clean = new Map();
  for (const piece of textsIn(tree)) {
    if (/[<&]/.test(piece)) clean.set(piece, (await answers.ask({ ask: "sanitise", text: piece })).html);
  }
  return clean;
}

async function judge(answers, path) {
  const { expect, headers } = instructions(readFileSync(path));
  const location = headers.get("content-location");
  const served = /\/[^/]*http[^/]*$/.test(path) || location !== undefined;
  const base = served ? new URL(location?.startsWith("javascript") ? "" : (location ?? ""), HOST).href : "";
  const { feed, error } = await answers.ask({ ask: "feed", path, type: headers.get("content-type") ?? "", base });
  if (expect === undefined) return { verdict: "outside" };
  let tree;
  try {
    tree = parsePython(expect);
  } catch (problem) {
    return { verdict: "outside", why: problem.message };
  }
  const model = new Model(feed ?? { items: [] }, await cleaned(answers, tree));
  const met = evaluate(tree, model);
  if (model.compared === 0 && model.truth(met)) return { verdict: "outside" };
  if (model.truth(met)) return { verdict: "met" };
  return { verdict: "missed", why: `${expect} — ${error ? error.message : ""}` };
}

/** Judges every document: [{name, verdict: met | missed | outside, why}]. */
export async function judgeFeedparser(answers) {
  const verdicts = [];
  for (const path of filesBelow(FOLDER, /\.xml$/)) {
    verdicts.push({ name: relative(FOLDER, path), ...(await judge(answers, path)) });
  }
  return verdicts;
}
