// The page that sanitised HTML is shown on: it notices whatever runs, and what the content security policy had to stop.
globalThis.problems = [];
globalThis.ran = (what) => globalThis.problems.push(`ran ${what}`);
for (const name of ["alert", "confirm", "prompt", "print", "open", "fetch"]) {
  globalThis[name] = () => globalThis.ran(name);
}
document.addEventListener("securitypolicyviolation", (violation) => {
  globalThis.problems.push(`${violation.effectiveDirective} stopped ${violation.blockedURI || violation.sample}`);
});

const SCHEMES = ["http:", "https:", "mailto:", "tel:"];
const FORBIDDEN = "script,style,iframe,frame,object,embed,form,input,button,link,meta,base,svg,math,template,noscript";

function judge(element) {
  const wrong = [...element.querySelectorAll(FORBIDDEN)].map((each) => `<${each.localName}> came through`);
  for (const each of element.querySelectorAll("*")) {
    for (const { name } of each.attributes) {
      if (/^on|^style$|^id$|^class$|^name$|^ping$|^srcdoc$|:/.test(name)) wrong.push(`${name} came through`);
    }
    for (const name of ["href", "src", "poster", "cite"]) {
      const value = each.getAttribute(name);
      const scheme = value === null ? "https:" : new URL(value, "https://base.example/").protocol;
      if (!SCHEMES.includes(scheme)) wrong.push(`${name}=${value}`);
    }
    if (each.autoplay) wrong.push("it plays by itself");
  }
  return wrong;
}

/** Shows each piece as the app would, pokes it, and tells what is wrong: [[index, what]]. */
globalThis.show = async (pieces) => {
  const wrong = [];
  for (const [index, html] of pieces.entries()) {
    const element = document.createElement("div");
    element.innerHTML = html;
    document.body.append(element);
    for (const what of judge(element)) wrong.push([index, what]);
    for (const each of element.querySelectorAll("*")) {
      for (const event of ["mouseover", "focus", "toggle", "error"]) each.dispatchEvent(new Event(event));
    }
  }
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  for (const what of globalThis.problems.splice(0)) wrong.push([-1, what]);
  document.body.replaceChildren();
  return wrong;
};
