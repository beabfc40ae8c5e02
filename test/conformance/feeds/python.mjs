// The expressions that the feedparser project writes its expectations in: a small part of Python's. A parser to a
// tree, and an evaluator over any model; how two values compare is the model's affair.

const STRING = String.raw`([ubrUBR]{0,2}(?:'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"))`;
const SIGN = String.raw`(==|!=|<=|>=|[-[\](){}.,:<>])`;
const TOKEN = new RegExp(String.raw`\s*(?:${STRING}|(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|${SIGN})`, "y");

const ESCAPES = { n: "\n", t: "\t", r: "\r", "\\": "\\", "'": "'", '"': '"', "\n": "", a: "\x07", b: "\b", f: "\f" };

function unquote(literal) {
  const start = literal.search(/['"]/);
  const body = literal.slice(start + 1, -1);
  if (/r/i.test(literal.slice(0, start))) return body;
  return body.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}|([0-7]{1,3})|([\s\S]))/g,
    (all, two, four, eight, octal, one) => {
      const hex = two ?? four ?? eight;
      if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      return one in ESCAPES ? ESCAPES[one] : all;
    },
  );
}

function tokens(text) {
  const found = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw new SyntaxError(`no token at ${text.slice(at, at + 20)}`);
    const [, string, number, name, sign] = match;
    if (string !== undefined) found.push({ kind: "string", value: unquote(string) });
    else if (number !== undefined) found.push({ kind: "number", value: Number(number) });
    else found.push({ kind: name === undefined ? "sign" : "name", value: name ?? sign });
  }
  return found;
}

class Parser {
  constructor(text) {
    this.rest = tokens(text);
  }

  peek(value) {
    return this.rest[0]?.value === value && this.rest[0].kind !== "string";
  }

  take(value) {
    return this.peek(value) ? this.rest.shift() : undefined;
  }

  need(value) {
    if (!this.take(value)) throw new SyntaxError(`${value} is missing before ${this.rest[0]?.value}`);
  }

  whole() {
    const tree = this.either();
    if (this.rest.length > 0) throw new SyntaxError(`what is ${this.rest[0].value}?`);
    return tree;
  }

  either() {
    let left = this.both();
    while (this.take("or")) left = { op: "or", left, right: this.both() };
    return left;
  }

  both() {
    let left = this.negation();
    while (this.take("and")) left = { op: "and", left, right: this.negation() };
    return left;
  }

  negation() {
    return this.take("not") ? { op: "not", of: this.negation() } : this.comparison();
  }

  comparison() {
    const first = this.primary();
    const links = [];
    for (let how = this.comparator(); how !== undefined; how = this.comparator()) links.push([how, this.primary()]);
    return links.length > 0 ? { op: "compare", first, links } : first;
  }

  comparator() {
    for (const sign of ["==", "!=", "<=", ">=", "<", ">", "in"]) if (this.take(sign)) return sign;
    if (this.take("is")) return this.take("not") ? "!=" : "==";
    if (this.peek("not") && this.rest[1]?.value === "in") {
      this.rest.splice(0, 2);
      return "not in";
    }
    return undefined;
  }

  primary() {
    let tree = this.atom();
    for (;;) {
      if (this.take("[")) {
        tree = { op: "at", of: tree, key: this.either() };
        this.need("]");
      } else if (this.take(".")) {
        tree = { op: "at", of: tree, key: { op: "value", value: this.rest.shift().value } };
      } else if (this.take("(")) {
        tree = { op: "call", of: tree, with: this.list(")") };
      } else {
        return tree;
      }
    }
  }

  atom() {
    const token = this.rest.shift();
    if (token === undefined) throw new SyntaxError("the expression ends early");
    if (token.kind === "string") {
      let value = token.value;
      while (this.rest[0]?.kind === "string") value += this.rest.shift().value;
      return { op: "value", value };
    }
    if (token.kind === "number") return { op: "value", value: token.value };
    if (token.value === "-") return { op: "value", value: -this.rest.shift().value };
    if (token.value === "(") return this.parentheses();
    if (token.value === "[") return { op: "list", of: this.list("]") };
    if (token.value === "{") return this.dictionary();
    const constants = { None: null, True: true, False: false };
    if (token.value in constants) return { op: "value", value: constants[token.value] };
    return { op: "name", name: token.value };
  }

  parentheses() {
    const items = [];
    let comma = false;
    while (!this.take(")")) {
      items.push(this.either());
      comma = this.take(",") !== undefined || comma;
    }
    return comma || items.length === 0 ? { op: "list", of: items } : items[0];
  }

  list(end) {
    const items = [];
    while (!this.take(end)) {
      items.push(this.either());
      this.take(",");
    }
    return items;
  }

  dictionary() {
    const entries = [];
    while (!this.take("}")) {
      const key = this.either();
      this.need(":");
      entries.push([key, this.either()]);
      this.take(",");
    }
    return { op: "dictionary", entries };
  }
}

/** The tree of an expression; throws SyntaxError for what we do not know of Python. */
export function parsePython(text) {
  return new Parser(text).whole();
}

/** Every text in an expression. */
export function textsIn(tree) {
  if (tree === null || typeof tree !== "object") return [];
  const own = tree.op === "value" && typeof tree.value === "string" ? [tree.value] : [];
  const parts = Object.values(tree).flatMap((part) => (Array.isArray(part) ? part.flat() : [part]));
  return [...own, ...parts.flatMap(textsIn)];
}

/** Evaluates a tree. `model` has name(text), at(value, key), call(name, values), compare(how, left, right),
 *  truth(value), not(value). */
export function evaluate(tree, model) {
  const run = (part) => evaluate(part, model);
  switch (tree.op) {
    case "value":
      return tree.value;
    case "list":
      return tree.of.map(run);
    case "dictionary":
      return new Map(tree.entries.map(([key, value]) => [run(key), run(value)]));
    case "name":
      return model.name(tree.name);
    case "at":
      return model.at(run(tree.of), run(tree.key));
    case "call":
      return model.call(tree.of.op === "name" ? tree.of.name : run(tree.of), tree.with.map(run));
    case "not":
      return model.not(run(tree.of));
    case "or":
      return model.truth(run(tree.left)) || model.truth(run(tree.right));
    case "and":
      return model.truth(run(tree.left)) && model.truth(run(tree.right));
    default: {
      let left = run(tree.first);
      return tree.links.every(([how, right]) => {
        const value = run(right);
        const holds = model.truth(model.compare(how, left, value));
        left = value;
        return holds;
      });
    }
  }
}
