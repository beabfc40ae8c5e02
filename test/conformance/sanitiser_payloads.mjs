// HTML that would do something if it were shown as it is: written for this test, by combination, and whatever others
// collected if their corpora are beside the repository.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { CORPORA, filesBelow } from "./feeds/answers.mjs";

const CALL = "globalThis.ran(1)";
const EVENTS = ["onerror", "onload", "onclick", "onfocus", "onmouseover", "ontoggle", "onanimationstart", "onbegin"];
const ELEMENTS = ["img src=x", "svg", "body", "details open", "input autofocus", "video src=x", "a href=#", "math"];
const ADDRESSES = [
  `javascript:${CALL}`,
  `JaVaScRiPt:${CALL}`,
  `java\tscript:${CALL}`,
  `java\nscript:${CALL}`,
  `&#106;avascript:${CALL}`,
  `&#x6A&#x61;vascript:${CALL}`,
  `\x01javascript:${CALL}`,
  `  javascript:${CALL}`,
  `javascript&colon;${CALL}`,
  `data:text/html,<script>${CALL}</script>`,
  `data:text/html;base64,PHNjcmlwdD5yYW4oMSk8L3NjcmlwdD4=`,
  `vbscript:${CALL}`,
  `view-source:javascript:${CALL}`,
];
const CARRIERS = [
  (url) => `<a href="${url}">x</a>`,
  (url) => `<img src="${url}">`,
  (url) => `<iframe src="${url}"></iframe>`,
  (url) => `<form action="${url}"><button>x</button></form>`,
  (url) => `<object data="${url}"></object>`,
  (url) => `<embed src="${url}">`,
  (url) => `<base href="${url}//">`,
  (url) => `<meta http-equiv="refresh" content="0;url=${url}">`,
  (url) => `<svg><a xlink:href="${url}"><text y=20>x</text></a></svg>`,
  (url) => `<math href="${url}">x</math>`,
  (url) => `<video poster="${url}"><source src="${url}"></video>`,
  (url) => `<link rel=stylesheet href="${url}">`,
  (url) => `<table background="${url}"><td background="${url}">x</table>`,
  (url) => `<q cite="${url}">x</q><blockquote cite="${url}">y</blockquote>`,
];
/** Markup that reads differently the second time, or that parsers disagree about. */
const MUTATING = [
  `<noscript><p title="</noscript><img src=x onerror=${CALL}>">`,
  `<svg></p><style><a id="</style><img src=x onerror=${CALL}>">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${CALL}&gt;">`,
  `<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror=${CALL} src=x>">`,
  `<svg><foreignObject><p><style><!--</style><img src=x onerror=${CALL}>--></style></foreignObject></svg>`,
  `<textarea><img title="</textarea><img src=x onerror=${CALL}>"></textarea>`,
  `<title><img title="</title><img src=x onerror=${CALL}>"></title>`,
  `<xmp><p title="</xmp><img src=x onerror=${CALL}>">`,
  `<template><img src=x onerror=${CALL}></template>`,
  `<template><template></template><script>${CALL}</script></template>`,
  `<select><template><style><!--</style><a rel="--></style></template></select><img src=x onerror=${CALL}>">`,
  `<!--><img src=x onerror=${CALL}>-->`,
  `<!--!><img src=x onerror=${CALL}>--!>`,
  `<![CDATA[<img src=x onerror=${CALL}>]]>`,
  `<?xml-stylesheet ><img src=x onerror=${CALL}> ?>`,
  `<a title="x"y="&quot;><img src=x onerror=${CALL}>">z</a>`,
  `<img alt="\`><img src=x onerror=${CALL}>\`">`,
  `<plaintext><img src=x onerror=${CALL}>`,
  `<listing>&lt;img src=x onerror=${CALL}&gt;</listing>`,
  `&lt;script&gt;${CALL}&lt;/script&gt;`,
  `<table><td><table><script>${CALL}</script><a><a><b></table></a><p><img src=x onerror=${CALL}>`,
  `<p><svg><desc><table><i><style><!--</i></desc></svg><img src=x onerror=${CALL}>--></style>`,
  `<frameset onload=${CALL}><frame src="javascript:${CALL}"></frameset>`,
  `</p><script>${CALL}</script><p>`,
  `<scr<script>ipt>${CALL}</scr</script>ipt>`,
  `<script\x20type="text/javascript">${CALL}</script>`,
  `<SCRIPT SRC=https://evil.example/x.js></SCRIPT>`,
  `<img src="x:x" srcset="javascript:${CALL} 1x, x 2x" onerror="${CALL}">`,
  `<style>@import "https://evil.example/x.css"; body{background:url(https://evil.example/y)}</style>`,
  `<p style="background:url(https://evil.example/z);behavior:url(x)">x</p>`,
  `<img src="https://pixel.example/count.gif" width=1 height=1>`,
  `<a href="//evil.example/%0d%0a" ping="https://evil.example/ping">x</a>`,
  `<audio autoplay src="https://evil.example/a.mp3"></audio>`,
  `<input name=attributes><form id=document><img name=getElementById></form>`,
  `<div id="app" class="toast">clobber</div>`,
  `<portal src="https://evil.example/"></portal><isindex action="javascript:${CALL}">`,
];

function* combined() {
  for (const element of ELEMENTS) for (const event of EVENTS) yield `<${element} ${event}=${CALL}>x`;
  for (const carrier of CARRIERS) for (const address of ADDRESSES) yield carrier(address);
  yield* MUTATING;
  for (const inner of MUTATING) yield `<b><table><tr><td>${inner}</td></tr></table></b>`;
}

function* collected() {
  for (const name of ["dompurify.json", "patt.json"]) {
    const path = join(CORPORA, "xss-html", name);
    if (existsSync(path)) for (const { payload } of JSON.parse(readFileSync(path, "utf8"))) yield payload;
  }
  for (const path of filesBelow(join(CORPORA, "html5lib-tests", "tree-construction"), /\.dat$/)) {
    const source = readFileSync(path, "utf8");
    for (const [, data] of source.matchAll(/^#data\n([\s\S]*?)\n#errors/gm)) yield data;
  }
}

/** Every payload once. */
export function payloads() {
  return [...new Set([...combined(), ...collected()])].filter((payload) => typeof payload === "string");
}

const cdata = (text) => `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const rss = (item) => `<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
  xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><item>${item}</item></channel></rss>`;
const atom = (entry) => `<feed xmlns="http://www.w3.org/2005/Atom"><entry>${entry}</entry></feed>`;

/** Documents that carry a payload in every place where HTML is taken from. */
export function carriers(payload) {
  const json = { version: "https://jsonfeed.org/version/1.1", items: [{ content_html: payload }] };
  const prose = `<h1>T</h1><p>${"Prose, and more. ".repeat(40)}</p>`;
  return [
    { ask: "feed", text: rss(`<description>${cdata(payload)}</description>`) },
    { ask: "feed", text: rss(`<content:encoded>${escaped(payload)}</content:encoded>`) },
    { ask: "feed", text: rss(`<itunes:summary>${cdata(payload)}</itunes:summary>`) },
    { ask: "feed", text: rss(`<description>${payload}</description>`) },
    { ask: "feed", text: atom(`<content type="html">${escaped(payload)}</content>`) },
    { ask: "feed", text: atom(`<content type="xhtml"><div>${payload}</div></content>`) },
    { ask: "feed", text: JSON.stringify(json) },
    { ask: "article", text: `<article>${prose}<div>${payload}</div></article>` },
  ];
}
