// An XML document as the core takes it: event by event. The page's own parser reads it, because a worker has none.
import type { XmlEvent } from "./protocol";

/** The events of a document in order; null if it is not well-formed XML. */
export function xmlEvents(text: string): XmlEvent[] | null {
  const document = new DOMParser().parseFromString(text, "application/xml");
  if (document.querySelector("parsererror")) return null;
  const events: XmlEvent[] = [];
  const add = (element: Element): void => {
    const plain = [...element.attributes].filter((attribute) => attribute.namespaceURI === null);
    events.push([element.localName, Object.fromEntries(plain.map(({ localName, value }) => [localName, value]))]);
    for (const node of element.childNodes) {
      if (node instanceof Element) add(node);
      else if (node instanceof Text) events.push(node.data); // CDATA sections are of this kind too
    }
    events.push(null);
  };
  add(document.documentElement);
  return events;
}
